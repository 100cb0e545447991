#include "pkg/deb/apt_config.h"

#include <gmock/gmock.h>

#include "support/support.h"

using namespace pith;
using namespace pith::pkg::deb;
using test::Scratch;
using test::spit;
using testing::HasSubstr;

namespace {

Result<AptConfig> config_of(std::string_view text) {
    Scratch root;
    spit(root / "etc/apt/apt.conf", text);
    return AptConfig::read(root.path());
}

}  // namespace

TEST(AptConfig, NoFilesAreFine) {
    Scratch root;
    auto config = AptConfig::read(root.path());
    ASSERT_OK(config);
    EXPECT_EQ(config->find("Acquire::http::Proxy"), std::nullopt);
    EXPECT_TRUE(config->find_bool("Acquire::Check-Valid-Until", true));
    EXPECT_TRUE(config->sources().empty());
}

TEST(AptConfig, SyntaxIsThatOfAptConf) {
    auto config = config_of(
        "# a comment\n"
        "// another\n"
        "/* one of\n several lines */\n"
        "Acquire::Retries 3;\n"
        "Acquire::Check-Date \"false\"; # after a statement\n"
        "Acquire\n{\n"
        "  http { Proxy \"http://proxy.example:3128/\"; Proxy::direct.example \"DIRECT\"; };\n"
        "  Languages { \"none\"; \"en\"; };\n"
        "  Check-Valid-Until no\n}\n"
        "DPkg::Post-Invoke { \"rm -f /x/*.deb || true; # no comment\"; };\n"
        "APT::Empty;\n"
        "APT::Twice \"1\"; apt::TWICE \"2\";\n"
        "APT::Gone::A \"1\";\n"
        "#clear APT::Gone;\n"
        "APT::Periodic{};\n");
    ASSERT_OK(config);
    struct {
        const char* name;
        std::optional<std::string> value;
    } cases[] = {
        {"acquire::retries", "3"},
        {"Acquire::Check-Date", "false"},
        {"Acquire::http::Proxy", "http://proxy.example:3128/"},
        {"Acquire::http::Proxy::direct.example", "DIRECT"},
        {"Acquire::Check-Valid-Until", "no"},
        {"DPkg::Post-Invoke", "rm -f /x/*.deb || true; # no comment"},
        {"APT::Empty", std::nullopt},
        {"APT::Twice", "2"},
        {"APT::Gone::A", std::nullopt},
    };
    for (const auto& c : cases) EXPECT_EQ(config->find(c.name), c.value) << c.name;
    EXPECT_FALSE(config->find_bool("Acquire::Check-Date", true));
}

TEST(AptConfig, BrokenFilesNameTheirLine) {
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += "A {";
    struct {
        std::string text;
        const char* why;
    } cases[] = {
        {"A {\n B \"1\";\n", "apt.conf:3: a '{' that nothing closes"},
        {"A \"1\";\n}\n", "apt.conf:2: a '}' that nothing opened"},
        {"A \"1;\n", "apt.conf:1: a '\"' that nothing closes"},
        {deep, "more than 32 deep"},
        {"#include \"/etc/apt/apt.conf\";\n", "more than 8 deep"},
    };
    for (const auto& c : cases) {
        auto config = config_of(c.text);
        ASSERT_FALSE(config) << c.text;
        EXPECT_THAT(config.error().text(), HasSubstr(c.why));
    }
}

TEST(AptConfig, FilesAreReadInAptsOrder) {
    Scratch root;
    spit(root / "etc/apt/apt.conf.d/10first", "A \"1\"; B \"1\"; C \"1\";");
    spit(root / "etc/apt/apt.conf.d/20second.conf", "A \"2\"; B \"2\";");
    spit(root / "etc/apt/apt.conf.d/30ignored.disabled", "A \"3\";");
    spit(root / "etc/apt/apt.conf.d/30ignored~", "A \"3\";");
    spit(root / "etc/apt/apt.conf", "A \"4\"; #include \"/etc/more.conf\";");
    spit(root / "etc/more.conf", "D \"5\";");
    spit(root / "etc/apt/sources.list", "deb http://first.example/debian trixie main\n");
    spit(root / "etc/apt/sources.list.d/b.list", "deb http://third.example/debian trixie main\n");
    spit(root / "etc/apt/sources.list.d/a.sources",
         "Types: deb\nURIs: http://second.example/debian\nSuites: trixie\nComponents: main\n");
    spit(root / "etc/apt/sources.list.d/c.list.disabled", "deb http://no.example/debian trixie main\n");
    auto config = AptConfig::read(root.path());
    ASSERT_OK(config);
    EXPECT_EQ(config->find("A"), "4");
    EXPECT_EQ(config->find("B"), "2");
    EXPECT_EQ(config->find("C"), "1");
    EXPECT_EQ(config->find("D"), "5");
    ASSERT_EQ(config->sources().size(), 3U);
    EXPECT_EQ(config->sources()[0].url, "http://first.example/debian");
    EXPECT_EQ(config->sources()[1].url, "http://second.example/debian");
    EXPECT_EQ(config->sources()[2].url, "http://third.example/debian");
}

TEST(AptConfig, AListOfMirrorsGivesItsFirst) {
    Scratch root;
    spit(root / "etc/apt/sources.list.d/debian.sources",
         "Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: trixie\nComponents: main\n");
    spit(root / "etc/apt/mirrors/debian.list",
         "# comment\nhttp://m.example/debian\tpriority:1\nhttp://n.example/debian\n");
    auto config = AptConfig::read(root.path());
    ASSERT_OK(config);
    EXPECT_EQ(config->sources().at(0).url, "http://m.example/debian");
}

TEST(AptConfig, ProxiesAreFoundByHostAndScheme) {
    auto config = config_of(
        "Acquire::http::Proxy \"http://p.example:1\";\n"
        "Acquire::http::Proxy::near.example \"DIRECT\";\n"
        "Acquire::https::Proxy::far.example \"http://q.example:2\";\n");
    ASSERT_OK(config);
    EXPECT_EQ(config->proxy_for("http://any.example/debian"), "http://p.example:1");
    EXPECT_EQ(config->proxy_for("https://any.example/debian"), "http://p.example:1");
    EXPECT_EQ(config->proxy_for("http://near.example/debian"), "");
    EXPECT_EQ(config->proxy_for("https://far.example/debian"), "http://q.example:2");
    EXPECT_EQ(config_of("Acquire::https::Proxy \"http://q.example\";")->proxy_for("http://any.example/"), std::nullopt);
}
