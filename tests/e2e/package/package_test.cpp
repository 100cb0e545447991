// The Debian package of pith: made by CPack, installed by the real dpkg into a root folder of its own, and used there.
#include <gmock/gmock.h>
#include <unistd.h>

#include "e2e/build/pith.h"
#include "support/debian_archive.h"
#include "unit/pkg_deb/build.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace fs = std::filesystem;

namespace {

class Package : public testing::Test {
protected:
    void SetUp() override {
        PITH_NEED(have("cpack") && have("dpkg-deb") && have("dpkg-shlibdeps"), "cpack, dpkg-dev");
        auto build = pith_binary().parent_path();
        PITH_NEED(fs::exists(build / "CPackConfig.cmake"), "the build folder of pith");
        auto made = sh(fmt::format("cd '{}' && cmake --build . --target manual && cpack -G DEB -B '{}'", build.string(),
                                   m_scratch.path().string()));
        ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
        m_deb = trimmed(sh(fmt::format("ls {}/*.deb", m_scratch.path().string())).out);
    }
    static std::string trimmed(std::string text) {
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    Scratch m_scratch;
    std::string m_deb;
};

}  // namespace

TEST_F(Package, SaysWhatItIsAndWhatItNeeds) {
    auto field = [&](const char* name) { return trimmed(sh(fmt::format("dpkg-deb -f '{}' {}", m_deb, name)).out); };
    EXPECT_EQ(field("Package"), "pith");
    EXPECT_EQ("pith " + field("Version"), trimmed(sh(pith_binary().string() + " --version").out));
    for (const char* library : {"libc6 (>=", "libstdc++6", "libcurl4", "librnp0", "libsolv1"})
        EXPECT_THAT(field("Depends"), HasSubstr(library));
    EXPECT_THAT(field("Description"), HasSubstr("minimal container images"));
    auto owners = sh(fmt::format("dpkg-deb -c '{}' | awk '{{print $2}}' | sort -u", m_deb));
    EXPECT_EQ(owners.out, "root/root\n");
}

TEST_F(Package, InstallsAndBuildsFromItsCatalog) {
    PITH_NEED(::geteuid() == 0, "root, for dpkg");
    auto root = (m_scratch / "root").string();
    auto installed = sh(
        fmt::format("mkdir -p '{0}/var/lib/dpkg/updates' '{0}/var/lib/dpkg/info' && touch '{0}/var/lib/dpkg/status' && "
                    "dpkg --root='{0}' --force-depends --force-script-chrootless -i '{1}'",
                    root, m_deb));
    ASSERT_EQ(installed.exit_code, 0) << installed.out << installed.err;
    for (const char* path :
         {"bin/pith", "share/man/man1/pith.1.gz", "share/bash-completion/completions/pith",
          "share/zsh/vendor-completions/_pith", "share/fish/vendor_completions.d/pith.fish",
          "share/doc/pith/definition.md", "share/pith/catalog/nginx.yaml", "share/pith/definition.schema.json"})
        EXPECT_TRUE(fs::exists(fs::path(root) / "usr" / path)) << path;
    auto pith = root + "/usr/bin/pith";
    EXPECT_EQ(sh(pith + " --version").out, sh(pith_binary().string() + " --version").out);
    EXPECT_EQ(sh(fmt::format("zcat '{}/usr/share/man/man1/pith.1.gz'", root)).out, sh(pith + " man").out);

    // The same image as from the checkout.
    std::string arguments = "static.yaml --platform linux/amd64 -q --cache-dir '" + shared_cache().string() + "'";
    auto own = sh(fmt::format("cd '{}/usr/share/pith/catalog' && '{}' build {}", root, pith, arguments));
    EXPECT_EQ(own.exit_code, 0) << own.err;
    EXPECT_EQ(own.out, sh(fmt::format("cd '{}/catalog' && '{}' build {}", source_dir().string(), pith_binary().string(),
                                      arguments))
                           .out);

    auto removed = sh(fmt::format("dpkg --root='{}' --force-script-chrootless -P pith", root));
    EXPECT_EQ(removed.exit_code, 0) << removed.err;
    EXPECT_FALSE(fs::exists(fs::path(root) / "usr")) << "nothing is left";
}
