// What scripts' effects become in an image: bits, owners, diversions, generated files, and where the build stops.
#include <gmock/gmock.h>

#include "unit/compose/world.h"

using namespace pith;
using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr std::string_view script = "do something\n";

// A package whose postinst has these actions.
void add_with_actions(World& world, const std::string& name, const std::vector<archive::TarEntry>& entries,
                      const std::string& actions) {
    auto item = yaml::parse(
        fmt::format("- {{script: {}.postinst, sha256: {}, {}}}", name, sha256("do something").hex(), actions),
        "answers");
    ASSERT_OK(item);
    auto answers = compose::parse_answers(*item);
    ASSERT_OK(answers);
    world.effects.add_answers(*answers);
    world.add(name, entries, {file("./postinst", "#!/bin/sh\n" + std::string(script), 0755)});
}

}  // namespace

TEST(Effects, SetuidBitsThatScriptsSetGoAsWell) {
    const std::string actions =
        R"(actions: [{mode: /usr/bin/agent, to: "02755"}, {copy: /usr/bin/agent, to: /usr/bin/other, mode: "04755"},
                     {folder: /var/mail, mode: "02775"}])";
    World world;
    add_with_actions(world, "a", {file("./usr/bin/agent", "x", 0755)}, actions);
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->tree.find("usr/bin/agent")->mode, 0755u);
    EXPECT_EQ(plan->tree.find("usr/bin/other")->mode, 0755u);
    EXPECT_EQ(plan->tree.find("var/mail")->mode, 02775u);
    EXPECT_THAT(plan->bits_dropped, ElementsAre("/usr/bin/agent", "/usr/bin/other"));

    World keeping("setuid: [/usr/bin/agent]");
    add_with_actions(keeping, "a", {file("./usr/bin/agent", "x", 0755)}, actions);
    plan = keeping.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->tree.find("usr/bin/agent")->mode, 02755u);
    EXPECT_THAT(plan->bits_dropped, ElementsAre("/usr/bin/other"));
}

TEST(Effects, ASourcedFileThatDiffersStopsTheBuild) {
    auto actions = [](std::string_view content) {
        return fmt::format("none: sources a helper, sources: [{{path: /lib/helper, sha256: {}}}]",
                           sha256(content).hex());
    };
    World same;
    add_with_actions(same, "a", {file("./usr/bin/a", "x", 0755)}, actions("helper"));
    same.add("helper", {file("./usr/lib/helper", "helper")});
    ASSERT_OK(same.plan());

    World other;
    add_with_actions(other, "a", {file("./usr/bin/a", "x", 0755)}, actions("helper"));
    other.add("helper", {file("./usr/lib/helper", "changed")});
    EXPECT_THAT(other.error(), HasSubstr("a.postinst sources /lib/helper, and that of helper 1.0-1 (" +
                                         sha256("changed").text() + ") is none of those"));
    EXPECT_EQ(other.plan().error().code, ErrorCode::unmodelled);

    World without;
    add_with_actions(without, "a", {file("./usr/bin/a", "x", 0755)}, actions("helper"));
    ASSERT_OK(without.plan());
}

TEST(Effects, TmpfilesModesAndOwners) {
    World world;
    add_with_actions(world, "a",
                     {file("./usr/lib/tmpfiles.d/a.conf",
                           "d /run/a :~0750 0 mail -\nD /run/b ~02775 :7 :8\nd! /run/boot 0755 - -\n"
                           "f /run/file 0644 - -\nd /run/%m 0755\nd- /run/c\n")},
                     "actions: [{tmpfiles: a.conf}]");
    auto plan = world.plan();
    ASSERT_OK(plan);
    auto tree = describe(*plan);
    EXPECT_THAT(tree, HasSubstr("d 0750 0:8 run/a\nd 2775 7:8 run/b\nd 0755 0:0 run/c\n"));
    for (const char* path : {"run/boot", "run/file", "run/%m"}) EXPECT_FALSE(plan->tree.find(path)) << path;

    World wrong;
    add_with_actions(wrong, "a", {file("./usr/lib/tmpfiles.d/a.conf", "# one\nd /run/a 0799\n")},
                     "actions: [{tmpfiles: a.conf}]");
    EXPECT_EQ(wrong.error(), "a.postinst: /usr/lib/tmpfiles.d/a.conf:2: '0799' is no mode of a folder");
}

TEST(Effects, ADivertedFileMakesRoom) {
    const std::string divert = "actions: [{divert: /bin/tool, to: /usr/bin/tool.other}]";
    World world;
    add_with_actions(world, "a", {file("./usr/bin/tool", "mine", 0755)}, divert);
    world.add("b", {file("./usr/bin/tool", "other", 0755)});
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->tree.find("usr/bin/tool")->owner, 0);
    EXPECT_EQ(plan->tree.find("usr/bin/tool.other")->owner, 1);

    World twice;
    add_with_actions(twice, "a", {file("./usr/bin/tool", "mine", 0755)}, divert);
    add_with_actions(twice, "b", {file("./usr/bin/x", "x", 0755)}, divert);
    EXPECT_EQ(twice.error(), "b.postinst: diverts '/bin/tool', which a diverts as well");
}

TEST(Effects, StopsWhereTheModelDoesNotHold) {
    const std::string stop = "actions: [{stop: needs a generator, when: /usr/share/schemas/*.xml}]";
    World without;
    add_with_actions(without, "a", {file("./usr/share/schemas/readme", "x")}, stop);
    ASSERT_OK(without.plan());
    World with;
    add_with_actions(with, "a", {file("./usr/share/schemas/a.xml", "x")}, stop);
    EXPECT_EQ(with.error(), "a.postinst: needs a generator ('/usr/share/schemas/*.xml' is in the image)");
}

TEST(Effects, CopiesAllFilesOfAFolder) {
    World world;
    add_with_actions(world, "a", {file("./usr/share/a/x.conf", "x", 0600), file("./usr/share/a/sub/y.conf", "y")},
                     R"(actions: [{copy: /usr/share/a, to: /etc/a, mode: "0644"}])");
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_THAT(describe(*plan), HasSubstr("f 0644 0:0 etc/a/sub/y.conf\nf 0644 0:0 etc/a/x.conf\n"));
    World nothing;
    add_with_actions(nothing, "a", {file("./usr/share/ab", "x")}, "actions: [{copy: /usr/share/a, to: /etc/a}]");
    EXPECT_EQ(nothing.error(), "a.postinst: copies '/usr/share/a', which no package of the image ships");
}

TEST(Effects, LinksModulesOfPhpByTheirPriority) {
    World world;
    add_with_actions(
        world, "php8.4-common",
        {file("./usr/share/php8.4-common/common/pdo.ini", "; x\n; priority=10\nextension=pdo.so\n"),
         file("./usr/share/php8.4-common/common/ftp.ini", "extension=ftp.so\n"), file("./usr/lib/php/8.4/sapi/cli", ""),
         folder("./etc/php/8.4/cli/conf.d/"), folder("./etc/php/8.4/fpm/conf.d/")},
        "actions: [{copy: /usr/share/php8.4-common/common, to: /etc/php/8.4/mods-available}, {trigger: phpenmod}]");
    auto plan = world.plan();
    ASSERT_OK(plan);
    auto tree = describe(*plan);
    EXPECT_THAT(tree, HasSubstr("etc/php/8.4/cli/conf.d/10-pdo.ini -> /etc/php/8.4/mods-available/pdo.ini\n"));
    EXPECT_THAT(tree, HasSubstr("etc/php/8.4/cli/conf.d/20-ftp.ini -> /etc/php/8.4/mods-available/ftp.ini\n"));
    EXPECT_FALSE(plan->tree.find("etc/php/8.4/fpm/conf.d/10-pdo.ini"));
}
