#include "pkg/deb/packages.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "support/support.h"

using namespace pith;
using namespace pith::pkg;
using namespace pith::pkg::deb;

namespace {

Result<std::vector<Package>> read_all(std::string_view text) {
    std::vector<Package> out;
    TRY(read_packages(text, "Packages", [&](Package&& package) -> Result<> {
        out.push_back(std::move(package));
        return {};
    }));
    return out;
}

template <class List>
std::string dump_list(std::string_view name, const List& list) {
    std::string out;
    for (const auto& item : list) out += fmt::format("  {} {}\n", name, to_text(item, Format::deb));
    return out;
}

std::string dump(const Package& p) {
    std::string out = fmt::format(
        "{} {} {}\n  source {} {}\n  maintainer {}\n  homepage {}\n  priority {} multi-arch {} essential {}\n"
        "  file {} size {} installed {}\n  {}\n",
        p.name, p.version, p.architecture, p.source, p.source_version, p.maintainer, p.homepage,
        static_cast<int>(p.priority), static_cast<int>(p.multi_arch), p.essential, p.path, p.size, p.installed_size,
        p.sha256.text());
    out += dump_list("pre-depends", p.pre_depends) + dump_list("depends", p.depends) +
           dump_list("recommends", p.recommends) + dump_list("conflicts", p.conflicts) + dump_list("breaks", p.breaks) +
           dump_list("replaces", p.replaces);
    for (const auto& provide : p.provides) out += fmt::format("  provides {} {}\n", provide.name, provide.version);
    return out;
}

const std::string good_digest(64, 'a');

// A stanza that is whole, after the changes: a field with a new value, or without one left out.
std::string stanza(std::vector<std::pair<std::string, std::string>> changes = {}) {
    std::vector<std::pair<std::string, std::string>> fields{
        {"Package", "hello"}, {"Version", "1.0-1"},   {"Architecture", "amd64"}, {"Filename", "pool/h/hello.deb"},
        {"Size", "12"},       {"SHA256", good_digest}};
    for (auto& [name, value] : changes) {
        auto found = std::ranges::find(fields, name, [](const auto& field) { return field.first; });
        if (found == fields.end())
            fields.emplace_back(name, value);
        else
            found->second = value;
    }
    std::string out;
    for (const auto& [name, value] : fields)
        if (!value.empty()) out += name + ": " + value + "\n";
    return out;
}

}  // namespace

TEST(Packages, ReadsARealExcerpt) {
    auto packages = read_all(test::slurp(test::data("deb/Packages")));
    ASSERT_OK(packages);
    std::string text;
    for (const auto& package : *packages) text += dump(package);
    test::expect_golden("pkg_deb/packages.txt", text);
}

TEST(Packages, FillsInWhatIsNotSaid) {
    auto packages = read_all(stanza({{"Filename", "./hello.deb"}}));
    ASSERT_OK(packages);
    const auto& package = packages->at(0);
    EXPECT_EQ(package.source, "hello");
    EXPECT_EQ(package.source_version, "1.0-1");
    EXPECT_EQ(package.priority, Priority::optional);
    EXPECT_EQ(package.multi_arch, MultiArch::no);
    EXPECT_EQ(package.path, "hello.deb");
    EXPECT_EQ(package.installed_size, 0U);
}

TEST(Packages, KnowsNoCaseInNamesAndWords) {
    auto packages = read_all(stanza({{"essential", "YES"}, {"MULTI-ARCH", "Same"}, {"priority", "Required"}}) + "\n" +
                             stanza({{"Priority", "source"}}));
    ASSERT_OK(packages);
    EXPECT_TRUE(packages->at(0).essential);
    EXPECT_EQ(packages->at(0).multi_arch, MultiArch::same);
    EXPECT_EQ(packages->at(0).priority, Priority::required);
    EXPECT_EQ(packages->at(1).priority, Priority::extra);
}

TEST(Packages, ABrokenStanzaIsAnErrorThatNamesIt) {
    struct Row {
        std::pair<std::string, std::string> change;
        std::string message;
    };
    for (const auto& [change, message] :
         {Row{{"Package", ""}, "Packages:8: package without a name: the field Package is missing"},
          Row{{"Version", ""}, "Packages:8: package hello: the field Version is missing"},
          Row{{"Architecture", ""}, "Packages:8: package hello: the field Architecture is missing"},
          Row{{"Filename", ""}, "Packages:8: package hello: the field Filename is missing"},
          Row{{"Size", ""}, "Packages:8: package hello: the field Size is missing"},
          Row{{"SHA256", ""}, "Packages:8: package hello: the field SHA256 is missing"},
          Row{{"Package", "../x"}, "Packages:8: package ../x, Package: '../x' is not a package name"},
          Row{{"Version", "1_0"},
              "Packages:9: package hello, Version: version '1_0': '_' may not stand in the upstream version"},
          Row{{"Architecture", "amd 64"}, "Packages:10: package hello, Architecture: 'amd 64' is not an architecture"},
          Row{{"Size", "-1"}, "Packages:12: package hello, Size: '-1' is not a number of bytes"},
          Row{{"Size", "18446744073709551616"},
              "Packages:12: package hello, Size: '18446744073709551616' is not a number of bytes"},
          Row{{"Source", "a b"}, "Packages:14: package hello, Source: 'a b' is not a source package"},
          Row{{"Source", "a (1"},
              "Packages:14: package hello, Source: 'a (1' is not a source package with a version in parentheses"},
          Row{{"Source", "a ()"}, "Packages:14: package hello, Source: the version is empty"},
          Row{{"Essential", "maybe"}, "Packages:14: package hello, Essential: 'maybe' is not yes or no"},
          Row{{"Multi-Arch", "all"},
              "Packages:14: package hello, Multi-Arch: 'all' is not one of no, same, foreign, allowed"},
          Row{{"Installed-Size", "12 KB"},
              "Packages:14: package hello, Installed-Size: '12 KB' is not a number of KiB"},
          Row{{"Installed-Size", "18014398509481984"},
              "Packages:14: package hello, Installed-Size: an installed size of over 1048576.0 GiB"},
          Row{{"Depends", "a (>= )"},
              "Packages:14: package hello, Depends: character 7: a version is missing before ')'"},
          Row{{"Breaks", "a | b"}, "Packages:14: package hello, Breaks: character 3: a ',' is missing before '| b'"},
          Row{{"Provides", "a (<< 1)"},
              "Packages:14: package hello, Provides: 'a' can only be provided in one version, with '='"}}) {
        auto packages = read_all(stanza() + "\n" + stanza({change}));
        ASSERT_FALSE(packages) << message;
        EXPECT_EQ(packages.error().text(), message);
    }
    EXPECT_EQ(read_all(stanza({{"Installed-Size", "18014398509481984"}})).error().code, ErrorCode::limit);
}

TEST(Packages, RefusesFilenamesThatLeaveTheRepository) {
    for (const auto* filename : {"/etc/passwd", "../x.deb", "pool/../../x.deb", "pool/..", "./", ".", "pool/a b.deb",
                                 "pool/a\n b.deb", "pool/\xc3\xa4.deb"}) {
        auto packages = read_all(stanza({{"Filename", filename}}));
        ASSERT_FALSE(packages) << filename;
        EXPECT_TRUE(packages.error().text().starts_with("Packages:4: package hello, Filename: "))
            << packages.error().text();
        EXPECT_EQ(packages.error().code, ErrorCode::format);
    }
    EXPECT_FALSE(read_all(stanza({{"SHA256", "abc"}})));
}

TEST(Packages, StopsAtTheSinksError) {
    int seen = 0;
    auto read = read_packages(stanza() + "\n" + stanza(), "Packages", [&](Package&&) -> Result<> {
        ++seen;
        return fail(ErrorCode::limit, "enough");
    });
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().text(), "enough");
    EXPECT_EQ(seen, 1);
    EXPECT_OK(read_all(""));
    EXPECT_FALSE(read_all("<html>\n"));
}
