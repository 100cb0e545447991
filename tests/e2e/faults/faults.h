// A small archive for tests of what goes wrong around pith: packages of incompressible bytes, so that a cut, a full
// disk or a kill has something to fall into.
#pragma once

#include <gmock/gmock.h>

#include <random>

#include "e2e/build/pith.h"
#include "support/debian_archive.h"
#include "unit/pkg_deb/build.h"

namespace pith::test {

class Faults : public testing::Test {
protected:
    static constexpr int packages = 6;

    void SetUp() override {
        std::mt19937 random(4711);
        for (int i = 0; i < packages; ++i) {
            std::string noise(150'000, '\0');
            for (auto& byte : noise) byte = static_cast<char>(random());
            auto name = fmt::format("part{}", i);
            auto control = make_tar({folder("./"), file("./control", fmt::format("Package: {}\nVersion: 1.0-1\n"
                                                                                 "Architecture: amd64\nMaintainer: M "
                                                                                 "<m@example.org>\nDescription: d\n",
                                                                                 name))});
            auto data = make_tar({folder("./usr/"), folder("./usr/share/"), file("./usr/share/" + name, noise)});
            m_archive.add(name, "1.0-1", "amd64", make_deb(data, control));
        }
        m_archive.publish();
        spit(m_scratch / "key.gpg", m_key.public_key());
        write_definition(m_archive.url());
        m_digest = digest(run(command("good")));
        ASSERT_THAT(m_digest, testing::StartsWith("sha256:"));
    }

    void write_definition(const std::string& url) {
        std::string names;
        for (int i = 0; i < packages; ++i) names += fmt::format("{}part{}", i == 0 ? "" : ", ", i);
        spit(m_scratch / "image.yaml",
             fmt::format("contents:\n  repositories: ['deb [arch=amd64 signed-by={}] {} stable "
                         "main']\n  packages: [{}]\narchs: [amd64]\n",
                         (m_scratch / "key.gpg").string(), url, names));
    }

    // The command that builds with the cache NAME into the layout NAME.out.
    std::string command(const std::string& name, const std::string& more = "") {
        return fmt::format("'{0}' build '{1}/image.yaml' -q --cache-dir '{1}/{2}' -o 'oci:{1}/{2}.out:x' {3}",
                           pith_binary().string(), m_scratch.path().string(), name, more);
    }
    static Ran run(const std::string& command) { return sh(command); }
    static std::string digest(const Ran& ran) {
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        return ran.out.substr(0, ran.out.find('\n'));
    }

    // Builds with that cache and into that layout as they are now, and looks that nothing half-made is left.
    void expect_good(const std::string& name, const std::string& what) {
        EXPECT_EQ(digest(run(command(name))), m_digest) << what;
        auto verified =
            sh(fmt::format("'{}' cache verify --cache-dir '{}'", pith_binary().string(), (m_scratch / name).string()));
        EXPECT_EQ(verified.exit_code, 0) << what << ": " << verified.out << verified.err;
        auto left = sh(fmt::format("find '{}' -name '.*'; diff -r '{}' '{}'", (m_scratch / (name + ".out")).string(),
                                   (m_scratch / (name + ".out")).string(), (m_scratch / "good.out").string()));
        EXPECT_EQ(left.out + left.err, "") << what;
    }

    Scratch m_scratch;
    SigningKey m_key;
    DebianArchive m_archive{m_scratch / "archive", m_key};
    std::string m_digest;
};

}  // namespace pith::test
