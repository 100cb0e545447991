// The orders of versions, held to every row of the tables that the ecosystems' own tools made.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/text.h"
#include "pkg/version/number.h"
#include "pkg/version/orders.h"
#include "support/support.h"

namespace pith::pkg::version {
namespace {

struct Table {
    std::string_view name;  // in ../shared/data/versions
    int (*compare)(std::string_view, std::string_view);
    int rows;
};

void PrintTo(const Table& table, std::ostream* out) { *out << table.name; }

class VersionOrder : public testing::TestWithParam<Table> {};

TEST_P(VersionOrder, AgreesWithEveryRow) {
    const auto& table = GetParam();
    auto file = test::shared("versions/" + std::string(table.name));
    PITH_NEED(file, "../shared/data");
    auto text = file->extension() == ".gz" ? test::sh("gzip -dc " + file->string()).out : test::slurp(*file);
    const std::map<std::string_view, int> wanted{{"<", -1}, {"=", 0}, {">", 1}};
    int rows = 0, wrong = 0;
    for (auto line : split(text, '\n')) {
        if (line.empty() || line.starts_with("# ") || line.starts_with("// ")) continue;
        auto parts = words(line);
        ASSERT_EQ(parts.size(), 3U) << line;
        ++rows;
        int order = sign(table.compare(parts[0], parts[2])), reverse = sign(table.compare(parts[2], parts[0]));
        if (order == wanted.at(parts[1]) && reverse == -order) continue;
        if (++wrong < 20) ADD_FAILURE() << line << ", but " << order << " and " << reverse;
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(rows, table.rows);
}

INSTANTIATE_TEST_SUITE_P(Tables, VersionOrder,
                         testing::Values(Table{"redhat-versions.txt", compare_rpm, 165},
                                         Table{"semver-versions.txt", compare_semver, 86},
                                         Table{"pub-versions.txt", compare_pub, 100},
                                         Table{"nuget-versions.txt", compare_nuget, 35},
                                         Table{"pypi-versions.txt", compare_pypi, 37},
                                         Table{"pypi-versions-generated.txt", compare_pypi, 12375},
                                         Table{"maven-versions.txt", compare_maven, 102},
                                         Table{"maven-versions-generated.txt.gz", compare_maven, 14752},
                                         Table{"rubygems-versions.txt", compare_rubygems, 25},
                                         Table{"rubygems-versions-generated.txt", compare_rubygems, 4098},
                                         Table{"packagist-versions.txt", compare_packagist, 95},
                                         Table{"packagist-versions-generated.txt", compare_packagist, 10630},
                                         Table{"cran-versions.txt", compare_numbered, 21},
                                         Table{"cran-versions-generated.txt", compare_numbered, 57},
                                         Table{"hackage-versions.txt", compare_numbered, 11}));

// Whatever the text, an order: equal to itself, and the other way round the opposite.
TEST(VersionOrders, TakeAnyText) {
    const std::string_view texts[] = {"",  "-",    ".",  "~", "^",  "+",   "!",    "1!",  "v", "1..2", "1-", "\xff",
                                      "a", "1.a-", "00", ":", "1:", "~^~", "1.0+", "dev", "#", "--",   "_"};
    for (const auto& order : {compare_rpm, compare_semver, compare_pub, compare_nuget, compare_pypi, compare_maven,
                              compare_rubygems, compare_packagist, compare_numbered})
        for (auto a : texts) {
            EXPECT_EQ(order(a, a), 0) << a;
            for (auto b : texts) EXPECT_EQ(sign(order(a, b)), -sign(order(b, a))) << a << " and " << b;
        }
}

}  // namespace
}  // namespace pith::pkg::version
