// Trees that packages and definitions could break: files where folders are, names of one file that part, and what
// would stand below a file.
#include <gmock/gmock.h>

#include "base/file.h"
#include "unit/compose/world.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;
using testing::Not;

TEST(OddTrees, AFileWhereAFolderIsIsRefused) {
    World world;
    world.add("a", {folder("./opt/"), folder("./opt/x/"), file("./opt/x/y")});
    world.add("b", {file("./opt/x")});
    EXPECT_EQ(world.error(), "b brings the file '/opt/x', which is a folder in the image");

    World part("contents: {parts: [{package: b, paths: [/y], to: /etc}]}");
    part.add("a", {folder("./etc/")});
    part.add("b", {file("./y")}, {}, World::Role::part);
    EXPECT_EQ(part.error(), "b brings the file '/etc', which is a folder in the image");
}

TEST(OddTrees, OneNameOfAFileIsReplacedWithoutHarmToTheOthers) {
    World world(
        "paths: [{path: /usr/bin/a, type: empty-file}, {path: /usr/bin/d, type: permissions, permissions: 0700}]");
    std::vector<archive::TarEntry> entries{file("./usr/bin/a", "content", 0755)};
    for (const char* name : {"./usr/bin/b", "./usr/bin/c", "./usr/bin/d"}) {
        entries.push_back(link_to(name, "./usr/bin/a", EntryType::hardlink));
        entries.back().mode = 0755;
    }
    world.add("pkg", entries);
    auto plan = world.plan();
    ASSERT_OK(plan);
    auto tree = describe(*plan);
    EXPECT_THAT(tree, HasSubstr("f 0755 0:0 usr/bin/b\nh 0755 0:0 usr/bin/c -> usr/bin/b\nf 0700 0:0 usr/bin/d\n"));
    EXPECT_EQ(plan->tree.find("usr/bin/b")->size, 7u);
    EXPECT_EQ(plan->tree.find("usr/bin/a")->size, 0u);
}

TEST(OddTrees, WhatADefinitionBringsNeverReplacesAFolder) {
    for (const char* yaml :
         {"paths: [{path: /etc, type: empty-file}]", "paths: [{path: /etc, type: hardlink, source: /x}]",
          "paths: [{path: /etc, type: symlink, source: /x}]"}) {
        World world(yaml);
        world.add("a", {file("./etc/a"), file("./x")});
        EXPECT_THAT(world.error(), HasSubstr("'/etc' is a folder in the image")) << yaml;
    }
}

TEST(OddTrees, NothingStandsBelowALink) {
    World world("paths: [{path: /var/lib/dpkg, type: symlink, source: /tmp}]");
    world.add("a", {file("./x")});
    EXPECT_EQ(world.error(),
              "'/var/lib/dpkg/status.d' belongs into the image, but '/var/lib/dpkg' is not a folder there");
}

TEST(OddTrees, APartOfAPackageThatIsThereAsAWholeCannotBePlaced) {
    World world("contents: {parts: [{package: a, paths: [/x], to: /y}]}");
    world.add("a", {file("./x")});
    EXPECT_THAT(world.error(), HasSubstr("a is in the image as a whole"));
}

TEST(OddTrees, ChecksumsAreThoseOfTheFilesWhateverThePackageClaims) {
    World world;
    world.add("a", {file("./usr/bin/a", "a")}, {file("./md5sums", "00000000000000000000000000000000  usr/bin/a\n")});
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(*plan->tree.find("var/lib/dpkg/status.d/a.md5sums")->content,
              "0cc175b9c0f1b6a831c399e269772661  usr/bin/a\n");
}

TEST(OddTrees, TheImagesUserHasItsGroupOfEtcPasswd) {
    World world("accounts: {run-as: nobody}");
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->config.user, "65534:65534");

    World other("accounts: {run-as: man, groups: [{groupname: readers, gid: 700, members: [man]}]}");
    auto man = other.plan();
    ASSERT_OK(man);
    EXPECT_EQ(man->config.user, "6:12");
}

TEST(OddTrees, NoTimeIsLaterThanCreatedCanSay) {
    World world;
    auto late = file("./x");
    late.mtime = 999'999'999'999;
    world.add("a", {late});
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->config.created, "9999-12-31T23:59:59Z");
}

TEST(OddDefinitions, AnnotationsAndVcsUrlDoNotDependOnTheirOrder) {
    for (const char* yaml :
         {"vcs-url: http://x/y@c0ffee\nannotations: {a: b}", "annotations: {a: b}\nvcs-url: http://x/y@c0ffee"}) {
        auto definition = compose::parse_definition(yaml, "image.yaml", ".", {});
        ASSERT_OK(definition);
        EXPECT_EQ(definition->annotations.size(), 3u) << yaml;
        EXPECT_EQ(definition->annotations["org.opencontainers.image.revision"], "c0ffee");
    }
}

TEST(OddDefinitions, OddNamesAndSecondDocumentsAreRefused) {
    auto error = [](std::string_view yaml) {
        auto parsed = compose::parse_definition(yaml, "image.yaml", ".", {});
        return parsed ? std::string("no error") : parsed.error().text();
    };
    EXPECT_THAT(error("environment: {'A=B': c}"), HasSubstr("may not be empty or hold '='"));
    EXPECT_THAT(error("environment: {'': c}"), HasSubstr("may not be empty or hold '='"));
    EXPECT_THAT(error("environment: {A: \"\\0\"}"), HasSubstr("NUL byte"));
    EXPECT_THAT(error("cmd: [a]\n---\ncmd: [b]\n"), HasSubstr("a second document begins here"));
    EXPECT_THAT(error("contents: {parts: [{package: a, paths: [/x], to: /}]}"), HasSubstr("not '/'"));
}

TEST(OddDefinitions, FilesStandBesideTheDefinitionThatNamesThem) {
    Scratch scratch;
    std::filesystem::create_directories(scratch / "base");
    ASSERT_OK(write_file(scratch / "base/base.yaml",
                         as_bytes("contents: {files: [{source: conf, path: /conf}], keyring: [key]}\n")));
    ASSERT_OK(write_file(scratch / "image.yaml",
                         as_bytes("include: base/base.yaml\ncontents: {files: [{source: own, path: /own}]}\n")));
    auto definition = compose::load_definition(scratch / "image.yaml", {});
    ASSERT_OK(definition);
    EXPECT_EQ(definition->contents.files[0].source, scratch / "base/conf");
    EXPECT_EQ(definition->contents.files[1].source, scratch / "own");
    EXPECT_EQ(definition->contents.keyrings[0], (scratch / "base/key").string());
}

TEST(OddDefinitions, ManyIncludesAreBounded) {
    Scratch scratch;
    ASSERT_OK(write_file(scratch / "leaf.yaml", as_bytes("{}\n")));
    std::string yaml = "include: [leaf.yaml";
    for (int i = 0; i < 200; ++i) yaml += ", leaf.yaml";
    auto definition = compose::parse_definition(yaml + "]", "image.yaml", scratch.path(), {});
    ASSERT_FALSE(definition);
    EXPECT_THAT(definition.error().text(), HasSubstr("more than 100 files are included"));
}
