// The bills of materials before others: the validators of both formats, and Syft, which reads the same packages from
// the image and from our documents. scripts/peers.sh gets them.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/text.h"
#include "e2e/build/pith.h"
#include "e2e/sbom/validators.h"

using namespace pith;
using namespace pith::test;

namespace {

std::filesystem::path peers() { return source_dir() / "build/peers"; }

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

    auto spdx = validate_spdx(document + ".spdx.json");
    EXPECT_EQ(spdx.exit_code, 0) << spdx.out << spdx.err;
    auto cyclonedx = validate_cyclonedx(document + ".cdx.json");
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

namespace {

// What pith lists and Syft does not, and the other way round, each with its reason.
struct Differences {
    std::set<std::string> ours_only, syft_only;
};

Differences differences(const std::string& folder) {
    auto syft = (peers() / "bin/syft").string();
    auto ours = lines(fmt::format("'{}' sbom dir:{} --format purls", pith_binary().string(), folder));
    auto theirs = lines(fmt::format("'{}' -q scan dir:{} --override-default-catalogers image -o purls", syft, folder));
    EXPECT_FALSE(ours.empty());
    Differences out;
    std::ranges::set_difference(ours, theirs, std::inserter(out.ours_only, out.ours_only.end()));
    std::ranges::set_difference(theirs, ours, std::inserter(out.syft_only, out.syft_only.end()));
    return out;
}

class PeersOfRoots : public testing::Test {
protected:
    void SetUp() override {
        PITH_NEED(std::getenv("PITH_DEEP"), "PITH_DEEP=1: this is slow");
        PITH_NEED(std::filesystem::exists(peers() / "bin/syft"), "scripts/peers.sh");
        std::filesystem::create_directories(m_scratch / "root/etc");
    }
    void os_release(std::string_view text) { spill(m_scratch / "root/etc/os-release", text); }
    static void spill(const std::filesystem::path& path, std::string_view text) {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    static void run(const std::string& command) {
        auto ran = sh(command);
        ASSERT_EQ(ran.exit_code, 0) << command << "\n" << ran.err;
    }
    Scratch m_scratch;
    std::string m_root = (m_scratch / "root").string();
};

}  // namespace

TEST_F(PeersOfRoots, AgreeOnAlpineLikeOnes) {
    for (const char* database : {"apk/root/usr/lib/apk/db/installed", "apk/installed/wolfi-base"}) {
        auto source = shared(database);
        PITH_NEED(source, "../shared/data/apk");
        os_release("ID=wolfi\nVERSION_ID=20230201\n");
        run(fmt::format("mkdir -p {0}/usr/lib/apk/db && cat {1} > {0}/usr/lib/apk/db/installed", m_root,
                        source->string()));
        auto found = differences(m_root);
        EXPECT_THAT(found.ours_only, testing::IsEmpty()) << database;
        EXPECT_THAT(found.syft_only, testing::IsEmpty()) << database;
    }
}

TEST_F(PeersOfRoots, AgreeOnRpmLikeOnes) {
    PITH_NEED(have("rpmbuild"), "rpm");
    os_release("ID=rhel\nVERSION_ID=9.4\n");
    spill(m_scratch / "alpha.spec",
          "Name: alpha\nVersion: 1.2\nRelease: 3.el9\nEpoch: 2\nSummary: a\nLicense: MIT\nBuildArch: noarch\n"
          "%description\na\n%package tools\nSummary: t\n%description tools\nt\n%install\n"
          "mkdir -p %{buildroot}/usr/lib/python3/site-packages/foo-1.0.dist-info\n"
          "printf 'Name: foo\\nVersion: 1.0\\n' > "
          "%{buildroot}/usr/lib/python3/site-packages/foo-1.0.dist-info/METADATA\n"
          "%files\n/usr/lib/python3\n%files tools\n");
    run(
        fmt::format("cd {0} && rpmbuild --define '_topdir {0}/top' -bb alpha.spec && rpm --root {1} --dbpath "
                    "/var/lib/rpm --initdb && rpm --root {1} --dbpath /var/lib/rpm -i --nodeps top/RPMS/noarch/*.rpm",
                    m_scratch.path().string(), m_root));
    auto found = differences(m_root);
    EXPECT_THAT(found.ours_only, testing::IsEmpty());
    // Its files are alpha's, so it is listed under alpha.
    EXPECT_THAT(found.syft_only, testing::ElementsAre("pkg:pypi/foo@1.0"));
}

TEST_F(PeersOfRoots, AgreeOnApplications) {
    PITH_NEED(have("objcopy") && have("python3") && have("npm"), "binutils, python3, npm");
    os_release("ID=debian\nVERSION_ID=12\n");
    run(
        fmt::format("python3 -m venv {0}/venv && mkdir -p {0}/bin {0}/lib && cp -L /bin/bash /usr/bin/openssl "
                    "{1}/bin/syft {0}/bin/",
                    m_root, peers().string()));
    run(fmt::format("cp -r \"$(dirname \"$(readlink -f \"$(command -v npm)\")\")/..\" {}/npm", m_root));
    if (auto go = sh("go env GOROOT"); go.exit_code == 0)
        run(fmt::format("cp '{}/bin/go' {}/bin/", std::string(trim(go.out)), m_root));
    run(fmt::format(
        "cp -L /usr/share/maven/lib/*.jar {0}/lib/ 2>/dev/null; cd {0}/lib && mkdir -p w/WEB-INF/lib && "
        "cp *.jar w/WEB-INF/lib/ 2>/dev/null; cd w && python3 -m zipfile -c ../app-1.0.war WEB-INF && cd .. "
        "&& rm -r w",
        m_root));
    run(fmt::format(
        "cd {} && python3 -c 'import zlib; open(\"audit\", \"wb\").write(zlib.compress(b\"\"\"{{\"packages\": ["
        "{{\"name\": \"app\", \"version\": \"0.1.0\"}}, {{\"name\": \"serde\", \"version\": \"1.0.1\"}}, "
        "{{\"name\": \"cc\", \"version\": \"1.0.2\", \"kind\": \"build\"}}]}}\"\"\"))' && objcopy "
        "--add-section .dep-v0=audit --set-section-flags .dep-v0=noload,readonly /bin/true {}/bin/app",
        m_scratch.path().string(), m_root));
    auto found = differences(m_root);
    EXPECT_THAT(found.ours_only, testing::IsEmpty());
    EXPECT_THAT(found.syft_only, testing::IsEmpty());
    // What is read back from each document is what was written, and Syft reads the same from ours. From SPDX it gives
    // modules of Go in lower case, and the purl specification (golang-definition) has them so.
    auto ours = lines(fmt::format("'{}' sbom dir:{} --format purls", pith_binary().string(), m_root));
    for (const char* format : {"spdx-json", "cyclonedx-json", "syft-json"}) {
        auto file = (m_scratch / "document.json").string();
        run(fmt::format("'{}' sbom dir:{} --format {} -o {}", pith_binary().string(), m_root, format, file));
        EXPECT_EQ(lines(fmt::format("'{}' sbom sbom:{} --format purls", pith_binary().string(), file)), ours) << format;
        if (format == std::string_view("spdx-json")) continue;
        EXPECT_EQ(lines(fmt::format("'{}' -q convert {} -o purls", (peers() / "bin/syft").string(), file)), ours)
            << format;
    }
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
