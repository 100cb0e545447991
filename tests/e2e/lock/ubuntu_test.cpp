// ubuntu:SUITE on an archive made as Ubuntu's are: main and universe, zstd members, and ports on a mirror of their own.
#include <gmock/gmock.h>

#include "e2e/lock/small_archive.h"

using namespace pith;
using namespace pith::test;
using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

namespace {

class Ubuntu : public testing::Test {
protected:
    void SetUp() override {
        spit(m_scratch / "key.gpg", m_key.public_key());
        spit(m_scratch / "image.yaml",
             "contents: {repositories: [ubuntu:noble], packages: [base-files, tool]}\narchs: [amd64, arm64]\n");
        make_archive("ubuntu", "amd64");
        make_archive("ubuntu-ports", "arm64");
    }

    static std::string base_files(const std::string& architecture) {
        return package("base-files", "13ubuntu10", architecture,
                       {folder("./etc/"), folder("./usr/"), folder("./usr/lib/"),
                        file("./usr/lib/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\nNAME=\"Ubuntu\"\n"),
                        link_to("./etc/os-release", "../usr/lib/os-release")});
    }

    void make_archive(const std::string& name, const std::string& architecture) {
        for (const std::string suite : {"noble", "noble-updates", "noble-security"}) {
            DebianArchive archive(m_scratch / name, m_key);
            archive.options.suite = suite;
            archive.options.fields = "Origin: Ubuntu\nLabel: Ubuntu\nCodename: noble\n";
            archive.options.forms = {"", "gz"};
            if (suite == "noble")
                archive.add("base-files", "13ubuntu10", architecture, base_files(architecture));
            else
                archive.add_text(architecture, "");
            archive.publish();
            add_universe(archive, suite, architecture);
        }
    }

    // A component of its own, whose package has a newer version in updates and the newest in security.
    void add_universe(const DebianArchive& archive, const std::string& suite, const std::string& architecture) {
        auto version = suite == "noble" ? "1.0-1" : suite == "noble-updates" ? "1.0-1ubuntu0.1" : "1.0-1ubuntu0.2";
        auto deb = package("tool", version, architecture,
                           {folder("./usr/"), folder("./usr/bin/"), file("./usr/bin/tool", version, 0755)});
        auto path = fmt::format("pool/universe/tool_{}_{}.deb", version, architecture);
        spit(archive.root() / path, deb);
        auto index = fmt::format(
            "Package: tool\nVersion: {}\nArchitecture: {}\nMaintainer: M <m@example.org>\n"
            "Filename: {}\nSize: {}\nSHA256: {}\n",
            version, architecture, path, deb.size(), sha256(deb).hex());
        auto name = fmt::format("universe/binary-{}/Packages", architecture);
        spit(archive.in_suite(name), index);
        spit(archive.in_suite("universe/binary-" + architecture + "/by-hash/SHA256/" + sha256(index).hex()), index);
        auto release = slurp(archive.in_suite("Release"));
        release.replace(release.find("Components: main"), 16, "Components: main universe");
        spit(archive.in_suite("Release"),
             release + fmt::format(" {} {} {}\n", sha256(index).hex(), index.size(), name));
        archive.sign(m_key);
    }

    Ran pith(const std::string& command, const std::string& more) {
        return run_pith(fmt::format("{0} {1}/image.yaml --keyring {1}/key.gpg --cache-dir {1}/cache {2}", command,
                                    m_scratch.path().string(), more));
    }
    std::string mirror(const std::string& name) const {
        return fmt::format(" --mirror {}=file://{}/{}", name, m_scratch.path().string(), name);
    }

    Scratch m_scratch;
    SigningKey m_key;
};

}  // namespace

TEST_F(Ubuntu, ResolvesLocksAndBuildsForBothArchives) {
    auto mirrors = mirror("ubuntu") + mirror("ubuntu-ports");
    auto locked = pith("lock", mirrors);
    ASSERT_EQ(locked.exit_code, 0) << locked.err;
    EXPECT_THAT(locked.out, AllOf(HasSubstr("tool        1.0-1ubuntu0.2  ubuntu noble-security"),
                                  HasSubstr("tool        1.0-1ubuntu0.2  ubuntu-ports noble-security"),
                                  HasSubstr("base-files  13ubuntu10      ubuntu-ports noble ")));
    for (const char* architecture : {"amd64", "arm64"}) {
        auto root = fmt::format("{}/{}", m_scratch.path().string(), architecture);
        auto built = pith("build", fmt::format("--platform linux/{} -q -o dir:{}{}", architecture, root, mirrors));
        ASSERT_EQ(built.exit_code, 0) << built.err;
        EXPECT_THAT(slurp(root + "/etc/os-release"), HasSubstr("ID=ubuntu"));
        EXPECT_EQ(slurp(root + "/usr/bin/tool"), "1.0-1ubuntu0.2");
        EXPECT_THAT(slurp(root + "/var/lib/dpkg/status.d/tool"), HasSubstr("Version: 1.0-1ubuntu0.2"));
    }
}

TEST_F(Ubuntu, AnArchitectureNeedsItsOwnArchiveAlone) {
    auto arm64 = pith("build", "-q --platform linux/arm64" + mirror("ubuntu-ports"));
    EXPECT_EQ(arm64.exit_code, 0) << arm64.err;
    auto both = pith("build", "-q" + mirror("ubuntu"));
    EXPECT_EQ(both.exit_code, 1);
    EXPECT_THAT(both.err, HasSubstr("no mirror of 'ubuntu-ports' is named"));
}
