// Bad archives and packages, seen from the command line: a clear error, exit code 1, and nothing left under the
// output's name.
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/digest.h"
#include "e2e/build/pith.h"
#include "support/debian_archive.h"
#include "support/loopback.h"
#include "unit/pkg_deb/build.h"

using namespace pith;
using namespace pith::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

namespace {

// A small archive whose package "hello" a test makes wrong.
class Hostile : public testing::Test {
protected:
    void SetUp() override { spit(m_scratch / "key.gpg", m_key.public_key()); }

    static std::string deb(const std::vector<archive::TarEntry>& entries, const std::string& name = "hello",
                           const std::vector<archive::TarEntry>& control = {}) {
        auto stanza = fmt::format(
            "Package: {}\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: M <m@example.org>\nDescription: d\n", name);
        std::vector<archive::TarEntry> members{folder("./"), file("./control", stanza)};
        members.insert(members.end(), control.begin(), control.end());
        return make_deb(make_tar(entries), make_tar(members));
    }

    void publish(std::string_view bytes, std::string_view fields = "") {
        m_archive.add("hello", "1.0-1", "amd64", bytes, fields);
        m_archive.publish();
    }

    Ran build(const std::string& url, const std::string& packages = "hello", const std::string& more = "") {
        spit(m_scratch / "image.yaml",
             fmt::format(
                 "contents:\n  repositories: ['deb [arch=amd64 signed-by={}] {} stable main']\n  packages: [{}]\n"
                 "archs: [amd64]\n",
                 (m_scratch / "key.gpg").string(), url, packages));
        return run_pith(fmt::format(
            "build {0}/image.yaml -q --cache-dir {0}/cache -o oci:{0}/layout:x -o docker-archive:{0}/docker.tar:x:x "
            "-o dir:{0}/root {1}",
            m_scratch.path().string(), more));
    }
    Ran build() { return build(m_archive.url()); }

    void expect_failure(const Ran& ran, const testing::Matcher<const std::string&>& message) {
        EXPECT_EQ(ran.exit_code, 1) << ran.err;
        EXPECT_THAT(ran.err, message);
        EXPECT_THAT(ran.err, testing::StartsWith("pith: "));
        EXPECT_EQ(ran.out, "");
        for (const auto& entry : fs::directory_iterator(m_scratch.path()))
            EXPECT_THAT(entry.path().filename().string(),
                        testing::AnyOf("image.yaml", "key.gpg", "cache", "archive", testing::StartsWith("own")))
                << "left behind";
    }

    Scratch m_scratch;
    SigningKey m_key;
    DebianArchive m_archive{m_scratch / "archive", m_key};
};

}  // namespace

TEST_F(Hostile, ASoundPackageBuilds) {
    publish(deb({folder("./usr/"), folder("./usr/bin/"), file("./usr/bin/hello", "hello", 0755)}));
    auto ran = build();
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(slurp(m_scratch / "root/usr/bin/hello"), "hello");
    EXPECT_TRUE(fs::exists(m_scratch / "layout/index.json"));
    EXPECT_TRUE(fs::exists(m_scratch / "docker.tar"));
}

TEST_F(Hostile, ABadSignature) {
    publish(deb({file("./x")}));
    SigningKey other;
    m_archive.sign(other);
    expect_failure(build(), AllOf(HasSubstr("stable"), HasSubstr("sign")));
}

TEST_F(Hostile, AnExpiredRelease) {
    m_archive.options.valid_until = "Wed, 15 Nov 2023 12:00:00 UTC";
    publish(deb({file("./x")}));
    expect_failure(build(), HasSubstr("2023-11-15"));
}

TEST_F(Hostile, ADigestThatDiffers) {
    publish(deb({file("./x", "honest")}));
    for (const auto& entry : fs::recursive_directory_iterator(m_archive.root()))
        if (entry.path().extension() == ".deb") spit(entry.path(), deb({file("./x", "forged")}));
    expect_failure(build(), AllOf(HasSubstr("hello"), HasSubstr("SHA-256")));
}

TEST_F(Hostile, ATruncatedPackage) {
    auto whole = deb({file("./x", std::string(5000, 'x'))});
    publish(whole.substr(0, whole.size() / 2));
    expect_failure(build(), HasSubstr("hello"));
}

TEST_F(Hostile, PathsAndLinksThatLeaveTheRootAndDevices) {
    archive::TarEntry device = file("./dev/sda");
    device.type = archive::EntryType::block_device;
    const std::pair<archive::TarEntry, const char*> cases[] = {
        {file("./../../etc/cron.d/evil", "x"), ".."},
        {file("/etc/cron.d/evil", "x"), "/etc/cron.d/evil"},
        {link_to("./usr/lib/evil", "../../../../etc"), "usr/lib/evil"},
        {link_to("./evil", "./../../etc/shadow", archive::EntryType::hardlink), "evil"},
        {device, "dev/sda"},
    };
    int number = 0;
    for (const auto& [entry, named] : cases) {
        Scratch scratch;
        SigningKey key;
        DebianArchive archive(m_scratch / fmt::format("own{}", ++number), m_key);
        archive.add("hello", "1.0-1", "amd64", deb({entry}));
        archive.publish();
        expect_failure(build(archive.url()), AllOf(HasSubstr("hello"), HasSubstr(named)));
    }
}

// 10 GB of zeros in 1 MB.
TEST_F(Hostile, ABomb) {
    PITH_NEED(have("zstd"), "zstd");
    auto ran = sh(fmt::format("head -c 10G /dev/zero | zstd -q -1 -o {}", (m_scratch / "own-bomb").string()));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    auto bomb = slurp(m_scratch / "own-bomb");
    EXPECT_LT(bomb.size(), 2 * MiB);
    auto control = make_tar(
        {file("./control",
              "Package: hello\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: M <m@example.org>\nDescription: d\n")});
    publish(make_ar({{"debian-binary", "2.0\n"}, {"control.tar", control}, {"data.tar.zst", bomb}}));
    expect_failure(build(), AllOf(HasSubstr("hello"), HasSubstr("data.tar.zst")));
}

TEST_F(Hostile, ABrokenStanza) {
    m_archive.add_text("amd64", "Package: broken\nVersion 1.0\n\n");
    publish(deb({file("./x")}));
    expect_failure(build(), HasSubstr("Packages"));
}

TEST_F(Hostile, UnknownPackagesAndImpossibleRequests) {
    publish(deb({file("./x")}), "Depends: nowhere (>= 2)\n");
    expect_failure(build(m_archive.url(), "helo"), HasSubstr("hello"));
    expect_failure(build(m_archive.url(), "hello"), AllOf(HasSubstr("nowhere"), HasSubstr("hello")));
}

TEST_F(Hostile, ADependencyCycleIsNoFault) {
    m_archive.add("again", "1.0-1", "amd64", deb({file("./usr/again")}, "again"), "Depends: hello\n");
    publish(deb({file("./usr/hello")}), "Depends: again\n");
    EXPECT_EQ(build().exit_code, 0);
}

TEST_F(Hostile, AMirrorThatAnswersWithAPage) {
    Loopback server([](const HttpRequest&) {
        return HttpAnswer{.body = "<!DOCTYPE html><html><body>Please log in</body></html>"};
    });
    expect_failure(build(server.url("/debian")), HasSubstr("HTML"));
}

TEST_F(Hostile, AMirrorThatIsGone) {
    std::string url;
    {
        Loopback server([](const HttpRequest&) { return HttpAnswer{}; });
        url = server.url("/debian");
    }
    expect_failure(build(url), HasSubstr("127.0.0.1"));
}

// A real package, repacked with one line of its postinst changed: the build stops and shows that line.
TEST(Repacked, AChangedLineOfAModelledScriptStopsTheBuildAndIsShown) {
    PITH_NEED(have("dpkg-deb"), "dpkg-deb");
    Scratch scratch;
    ASSERT_EQ(run_pith("build catalog/nginx.yaml --platform linux/amd64 -q").exit_code, 0);
    SigningKey key;
    spit(scratch / "key.gpg", key.public_key());
    DebianArchive archive(scratch / "archive", key);
    auto repack = sh(fmt::format(
        R"(cd {0} && for f in {1}/blobs/sha256/*/*; do
             dpkg-deb -f $f Package Version Architecture >own.fields 2>/dev/null || continue
             name=$(sed -n 's/^Package: //p' own.fields)
             case $name in nginx-common) dpkg-deb -R $f tree
               sed -i 's|^\(.*\)ln -s /etc/nginx/sites-available/default|\1ln -sf /etc/shadow|' tree/DEBIAN/postinst
               grep -n 'etc/shadow' tree/DEBIAN/postinst; dpkg-deb -b tree nginx-common.deb >/dev/null; exit;; esac
           done; exit 1)",
        scratch.path().string(), shared_cache().string()));
    ASSERT_EQ(repack.exit_code, 0) << repack.out << repack.err;
    ASSERT_THAT(repack.out, HasSubstr("ln -sf /etc/shadow"));
    auto deb = slurp(scratch / "nginx-common.deb");
    spit(archive.root() / "pool/nginx-common.deb", deb);
    auto version = sh(fmt::format("dpkg-deb -f {}/nginx-common.deb Version", scratch.path().string())).out;
    archive.add_text(
        "amd64", fmt::format("Package: nginx-common\nVersion: {}Architecture: all\nFilename: pool/nginx-common.deb\n"
                             "Size: {}\nSHA256: {}\n",
                             version, deb.size(), sha256(deb).hex()));
    archive.publish();
    spit(scratch / "image.yaml", fmt::format("contents:\n  repositories: ['deb [signed-by={}] {} stable main']\n  "
                                             "packages: [nginx-common]\narchs: [amd64]\n",
                                             (scratch / "key.gpg").string(), archive.url()));
    auto ran =
        run_pith(fmt::format("build {0}/image.yaml --cache-dir {0}/cache -o oci:{0}/out:x", scratch.path().string()));
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_THAT(ran.err, HasSubstr("nginx-common.postinst"));
    EXPECT_THAT(ran.err, testing::ContainsRegex("\\+ *[0-9]*.*ln -sf /etc/shadow"));
    EXPECT_FALSE(fs::exists(scratch / "out"));
}
