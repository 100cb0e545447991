// Three images against ordinary installations of the same packages, on equal facts; the page that shows it, in a
// browser; and the scan's other formats before the validators of their schemas.
#include <gmock/gmock.h>

#include "e2e/scan/ordinary.h"

using namespace pith;
using namespace pith::test;

namespace {

struct Case {
    const char *image, *packages;
    double least;  // of findings, in percent
    // What is open in an image of ours stays in these packages, each of which the image needs; what it has and an
    // ordinary installation has not.
    std::set<std::string> staying, coming;
};

std::filesystem::path peers() { return source_dir() / "build/peers"; }

constexpr std::string_view validate_cyclonedx =
    "import sys; from cyclonedx.validation.json import JsonStrictValidator; from cyclonedx.schema import "
    "SchemaVersion; "
    "error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read()); print(error or \"\"); "
    "sys.exit(bool(error))";
// What it says of its cases is what they are.
constexpr std::string_view validate_junit =
    "import sys; from junitparser import JUnitXml; suite, = JUnitXml.fromfile(sys.argv[1]); cases = list(suite); "
    "results = [each.result[0] for each in cases]; "
    "failures = [each for each in results if type(each).__name__ == \"Failure\"]; "
    "sys.exit((suite.tests, suite.failures, suite.errors) != (len(cases), len(failures), len(results) - "
    "len(failures)) or not failures)";

class Images : public testing::TestWithParam<Case> {};

}  // namespace

TEST_P(Images, HaveFewerFindings) {
    PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
    auto facts = shared("debian");
    PITH_NEED(facts, "../shared/data");
    const auto& [image, packages, least, staying, coming] = GetParam();
    Scratch scratch;
    auto database = scratch / "advisories.db";
    ASSERT_NO_FATAL_FAILURE(database_of_bookworm(*facts, database));
    ASSERT_NO_FATAL_FAILURE(install(packages, scratch / "root"));
    auto place = fmt::format("oci:{}", (scratch / "image").string());
    built(fmt::format("catalog/{}.yaml --suite bookworm --platform linux/amd64 -q --sbom none -o {}", image, place));
    auto before = scan_json("dir:" + (scratch / "root").string(), database), after = scan_json(place, database);
    expect_less(before, after, staying, coming);
    EXPECT_GE(drop(before["findings"].size(), after["findings"].size()), least);
    show(image, before, after);

    PITH_NEED(have("chromium"), "chromium, chromium-driver, python3-selenium");
    auto page = (scratch / "report.html").string();
    auto written = run_pith(fmt::format("scan {} --compare dir:{} --database '{}' --as-of {} --format html -o '{}'",
                                        place, (scratch / "root").string(), database.string(), facts_date, page));
    EXPECT_EQ(written.exit_code, 11) << written.err;
    auto looked = sh(fmt::format("'{}' '{}' {}", (source_dir() / "tests/e2e/scan/look_at_report").string(), page,
                                 after["findings"][0]["id"].get<std::string>()));
    EXPECT_EQ(looked.exit_code, 0) << looked.out << looked.err;

    PITH_NEED(std::filesystem::exists(peers() / "sarif-schema-2.1.0.json"), "scripts/peers.sh");
    auto python = (peers() / "python/bin/python").string();
    const std::pair<const char*, std::string> validators[] = {
        {"sarif", fmt::format("'{}' -m jsonschema '{}/sarif-schema-2.1.0.json' -i", python, peers().string())},
        {"cyclonedx-vdr", fmt::format("'{}' -c '{}'", python, validate_cyclonedx)},
        {"junit", fmt::format("'{}' -c '{}'", python, validate_junit)},
    };
    for (const auto& [format, validator] : validators) {
        auto file = (scratch / format).string();
        auto ran = run_pith(fmt::format("scan {} --database '{}' --as-of {} --format {} -o '{}'", place,
                                        database.string(), facts_date, format, file));
        EXPECT_EQ(ran.exit_code, 11) << ran.err;
        auto judged = sh(fmt::format("{} '{}'", validator, file));
        EXPECT_EQ(judged.exit_code, 0) << format << judged.out << judged.err;
    }
}

// python3's drop is less than 80 %: the interpreter and the libraries that its modules are linked with are what was
// asked for. libgomp1 is for extensions of one's own (catalog/cc.yaml).
INSTANTIATE_TEST_SUITE_P(
    Catalog, Images,
    testing::Values(Case{"base", "libssl3,ca-certificates,tzdata", 80, {"libc-bin", "libc6", "libssl3"}, {}},
                    Case{"python3",
                         "python3",
                         65,
                         {"gcc-12-base",
                          "libbz2-1.0",
                          "libc-bin",
                          "libc6",
                          "libexpat1",
                          "libgcc-s1",
                          "libgomp1",
                          "libgssapi-krb5-2",
                          "libk5crypto3",
                          "libkrb5-3",
                          "libkrb5support0",
                          "libncursesw6",
                          "libpython3.11-minimal",
                          "libpython3.11-stdlib",
                          "libsqlite3-0",
                          "libssl3",
                          "libstdc++6",
                          "libtinfo6",
                          "libuuid1",
                          "python3.11-minimal",
                          "zlib1g"},
                         {"libgomp1 CVE-2022-27943"}}),
    [](const auto& each) { return std::string(each.param.image); });
