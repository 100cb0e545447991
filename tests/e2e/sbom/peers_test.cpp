// The bills of materials before others: the validators of both formats, and Syft, which reads the same packages from
// the image and from our documents. scripts/peers.sh gets them.
#include <gmock/gmock.h>

#include <set>

#include "base/text.h"
#include "e2e/build/pith.h"

using namespace pith;
using namespace pith::test;

namespace {

std::filesystem::path peers() { return source_dir() / "build/peers"; }

constexpr std::string_view validate_cyclonedx =
    "import sys; from cyclonedx.validation.json import JsonStrictValidator; from cyclonedx.schema import "
    "SchemaVersion; "
    "error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read()); print(error or \"\"); "
    "sys.exit(bool(error))";

std::set<std::string> lines(const std::string& command) {
    auto ran = sh(command);
    EXPECT_EQ(ran.exit_code, 0) << command << "\n" << ran.err;
    std::set<std::string> out;
    for (auto line : split(ran.out, '\n'))
        if (!line.empty()) out.emplace(line);
    return out;
}

struct Case {
    const char *image, *suite, *platform, *architecture;
};

class Peers : public testing::TestWithParam<Case> {};

}  // namespace

TEST_P(Peers, AgreeWithTheBillsOfMaterials) {
    PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
    PITH_NEED(std::filesystem::exists(peers() / "bin/syft"), "scripts/peers.sh");
    auto [image, suite, platform, architecture] = GetParam();
    Scratch scratch;
    auto archive = (scratch / "image.tar").string();
    built(
        fmt::format("catalog/{}.yaml --suite {} --platform {} -q -o oci-archive:{}", image, suite, platform, archive));
    auto document = fmt::format("{}.sbom-{}", archive, architecture);

    auto spdx = sh(fmt::format("'{}' -i {}.spdx.json", (peers() / "python/bin/pyspdxtools").string(), document));
    EXPECT_EQ(spdx.exit_code, 0) << spdx.out << spdx.err;
    auto cyclonedx = sh(fmt::format("'{}' -c '{}' {}.cdx.json", (peers() / "python/bin/python").string(),
                                    validate_cyclonedx, document));
    EXPECT_EQ(cyclonedx.exit_code, 0) << cyclonedx.out << cyclonedx.err;

    // No differences are known: names, versions, architectures, distribution and sources, in one purl each.
    auto syft = (peers() / "bin/syft").string();
    auto ours = lines(fmt::format("'{}' sbom oci-archive:{} --format purls", pith_binary().string(), archive));
    EXPECT_FALSE(ours.empty());
    EXPECT_EQ(lines(fmt::format("'{}' -q oci-archive:{} --select-catalogers dpkg -o purls", syft, archive)), ours);
    for (const char* extension : {".spdx.json", ".cdx.json"})
        EXPECT_EQ(lines(fmt::format("'{}' -q convert {}{} -o purls | grep ^pkg:deb/", syft, document, extension)), ours)
            << extension;
}

INSTANTIATE_TEST_SUITE_P(Catalog, Peers,
                         testing::Values(Case{"static", "trixie", "linux/amd64", "x86_64"},
                                         Case{"static", "bookworm", "linux/arm64", "aarch64"},
                                         Case{"base", "trixie", "linux/amd64", "x86_64"},
                                         Case{"cc", "bookworm", "linux/amd64", "x86_64"},
                                         Case{"python3", "trixie", "linux/amd64", "x86_64"},
                                         Case{"python3", "bookworm", "linux/arm64", "aarch64"},
                                         Case{"nginx", "trixie", "linux/arm64", "aarch64"},
                                         Case{"nginx", "bookworm", "linux/amd64", "x86_64"}),
                         [](const auto& each) {
                             return fmt::format("{}_{}_{}", each.param.image, each.param.suite,
                                                each.param.architecture);
                         });
