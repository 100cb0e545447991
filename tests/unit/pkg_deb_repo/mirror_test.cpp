#include "pkg/deb/mirror.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "support/support.h"

using namespace pith;
using namespace pith::pkg::deb;
using test::Scratch;
using test::spit;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const ShortName trixie{"debian", "trixie"};
const std::vector<std::string> amd64{"amd64"};

// "NAME URL SUITE" of each source.
std::vector<std::string> brief(const Result<std::vector<Source>>& sources) {
    std::vector<std::string> out;
    if (!sources) return {sources.error().text()};
    for (const auto& source : *sources) out.push_back(source.name + " " + source.url + " " + source.suite);
    return out;
}

MirrorSettings without_host(const Scratch& root) { return {.host_root = root.path()}; }

}  // namespace

TEST(Mirror, AShortNameIsMainUpdatesAndSecurity) {
    Scratch root;
    auto settings = without_host(root);
    settings.options = {"http://m.example/debian/", "ubuntu=http://u.example/ubuntu"};
    EXPECT_THAT(brief(resolve_short_name(trixie, settings, amd64, "a.yaml:1")),
                ElementsAre("debian http://m.example/debian/ trixie", "debian http://m.example/debian/ trixie-updates",
                            "debian-security http://m.example/debian-security trixie-security"));
    EXPECT_THAT(brief(resolve_short_name({"debian", "sid"}, settings, amd64, "")),
                ElementsAre("debian http://m.example/debian/ sid"));
    EXPECT_THAT(brief(resolve_short_name({"debian", "buster"}, settings, amd64, "")),
                ElementsAre(testing::_, testing::_, "debian-security http://m.example/debian-security buster/updates"));
    auto noble = resolve_short_name({"ubuntu", "noble"}, settings, amd64, "");
    EXPECT_THAT(brief(noble),
                ElementsAre("ubuntu http://u.example/ubuntu noble", "ubuntu http://u.example/ubuntu noble-updates",
                            "ubuntu http://u.example/ubuntu noble-security"));
    EXPECT_THAT(noble->at(0).components, ElementsAre("main", "universe"));
}

TEST(Mirror, UbuntusPortsAreAnArchiveOfTheirOwn) {
    Scratch root;
    spit(root / "etc/apt/sources.list",
         "deb http://h.example/ubuntu-ports jammy main\ndeb http://h.example/ubuntu jammy main\n");
    const std::vector<std::string> both{"amd64", "arm64"}, arm64{"arm64"};
    auto sources = resolve_short_name({"ubuntu", "noble"}, without_host(root), both, "");
    EXPECT_THAT(
        brief(sources),
        ElementsAre("ubuntu http://h.example/ubuntu noble", "ubuntu http://h.example/ubuntu noble-updates",
                    "ubuntu http://h.example/ubuntu noble-security", "ubuntu-ports http://h.example/ubuntu-ports noble",
                    "ubuntu-ports http://h.example/ubuntu-ports noble-updates",
                    "ubuntu-ports http://h.example/ubuntu-ports noble-security"));
    EXPECT_THAT(sources->at(0).architectures, ElementsAre("amd64"));
    EXPECT_THAT(sources->at(3).architectures, ElementsAre("arm64"));
    EXPECT_THAT(sources->at(3).components, ElementsAre("main", "universe"));

    auto settings = without_host(root);
    settings.host_root = root / "none";
    settings.options = {"ubuntu-ports=http://p.example/ports"};
    EXPECT_THAT(brief(resolve_short_name({"ubuntu", "noble"}, settings, arm64, "")),
                ElementsAre("ubuntu-ports http://p.example/ports noble", testing::_, testing::_));
    // The other archive is not guessed.
    EXPECT_THAT(brief(resolve_short_name({"ubuntu", "noble"}, settings, both, "a.yaml")),
                ElementsAre(AllOf(HasSubstr("no mirror of 'ubuntu' is named"), HasSubstr("--mirror ubuntu=URL"))));
}

TEST(Mirror, TheFirstPlaceThatNamesOneWins) {
    Scratch root;
    spit(root / "etc/apt/sources.list", "deb http://host.example/debian bookworm main\n");
    auto settings = without_host(root);
    auto origin_of = [&] { return resolve_short_name(trixie, settings, amd64, "")->at(0).origin; };
    EXPECT_EQ(origin_of(), MirrorOrigin::host);
    settings.environment = {{"debian", "http://env.example/debian"}};
    EXPECT_EQ(origin_of(), MirrorOrigin::environment);
    settings.configuration = {{"debian", "http://config.example/debian"}};
    EXPECT_EQ(origin_of(), MirrorOrigin::configuration);
    settings.options = {"debian=http://option.example/debian"};
    EXPECT_EQ(origin_of(), MirrorOrigin::option);
    EXPECT_EQ(resolve_short_name(trixie, settings, amd64, "")->at(2).url, "http://option.example/debian-security");
    settings.options.push_back("debian-security=http://other.example/s");
    EXPECT_EQ(resolve_short_name(trixie, settings, amd64, "")->at(2).url, "http://other.example/s");
}

TEST(Mirror, TheHostsSettingsHoldForTheHostsMirrorOnly) {
    Scratch root;
    spit(root / "etc/apt/apt.conf.d/99x",
         "Acquire::Check-Valid-Until \"false\"; Acquire::Check-Date \"false\"; Acquire::http::Proxy "
         "\"http://p.example:1\";");
    spit(root / "etc/apt/sources.list.d/debian.sources",
         "Types: deb\nURIs: http://h.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
         "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n"
         "Types: deb\nURIs: http://s.example/debian-security\nSuites: bookworm-security\nComponents: main\n"
         "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n");
    auto settings = without_host(root);
    auto hosts = resolve_short_name(trixie, settings, amd64, "");
    ASSERT_OK(hosts);
    EXPECT_THAT(brief(hosts),
                ElementsAre("debian http://h.example/debian trixie", "debian http://h.example/debian trixie-updates",
                            "debian-security http://s.example/debian-security trixie-security"));
    for (const auto& source : *hosts) {
        EXPECT_FALSE(source.check_valid_until || source.check_date);
        EXPECT_EQ(source.proxy, "http://p.example:1");
        EXPECT_FALSE(source.trusted);
    }
    settings.environment = {{"debian", "http://h.example/debian"}};
    auto named = resolve_short_name(trixie, settings, amd64, "");
    ASSERT_OK(named);
    for (const auto& source : *named) {
        EXPECT_TRUE(source.check_valid_until && source.check_date);
        EXPECT_EQ(source.proxy, std::nullopt);
        EXPECT_EQ(source.origin, MirrorOrigin::environment);
    }
}

TEST(Mirror, ThirdPartiesAreNotTakenForTheArchive) {
    Scratch root;
    spit(root / "etc/apt/sources.list.d/a.list",
         "deb [signed-by=/usr/share/keyrings/vendor-archive-keyring.gpg] https://apt.vendor.example bookworm main\n"
         "deb https://other.example/linux/debian bookworm stable\n"
         "deb https://flat.example/debian ./\n"
         "deb [trusted=yes] http://m.example/debian bookworm main\n");
    auto found = resolve_short_name(trixie, without_host(root), amd64, "");
    EXPECT_THAT(brief(found), ElementsAre("debian http://m.example/debian trixie", testing::_,
                                          "debian-security http://m.example/debian-security trixie-security"));
    EXPECT_FALSE(found->at(0).trusted);
}

TEST(Mirror, WithoutOneTheErrorSaysHowToNameOne) {
    Scratch root;
    auto none = resolve_short_name(trixie, without_host(root), amd64, "a.yaml:7");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::not_found);
    EXPECT_THAT(none.error().text(),
                AllOf(HasSubstr("a.yaml:7"), HasSubstr("--mirror debian=URL"), HasSubstr("PITH_MIRROR_DEBIAN"),
                      HasSubstr("configuration"), HasSubstr("etc/apt")));
}

TEST(Mirror, WhatIsNoMirrorIsRefused) {
    Scratch root;
    struct {
        const char *option, *why;
    } cases[] = {{"fedora=http://m.example/", "no mirror called 'fedora'"},
                 {"m.example", "not a URL"},
                 {"http://user:secret@m.example/deb", "does not end with /debian"}};
    for (const auto& c : cases) {
        auto settings = without_host(root);
        settings.options = {c.option};
        auto refused = resolve_short_name(trixie, settings, amd64, "");
        ASSERT_FALSE(refused) << c.option;
        EXPECT_EQ(refused.error().code, ErrorCode::usage);
        EXPECT_THAT(refused.error().text(), AllOf(HasSubstr(c.why), testing::Not(HasSubstr("secret"))));
    }
}

TEST(Mirror, TheEnvironmentIsReadByName) {
    ::setenv("PITH_MIRROR_DEBIAN_SECURITY", "http://m.example/s", 1);
    ::setenv("PITH_MIRROR_UBUNTU", "", 1);
    auto mirrors = mirrors_of_environment();
    EXPECT_EQ(mirrors["debian-security"], "http://m.example/s");
    EXPECT_FALSE(mirrors.contains("ubuntu"));
    ::unsetenv("PITH_MIRROR_DEBIAN_SECURITY");
    ::unsetenv("PITH_MIRROR_UBUNTU");
}
