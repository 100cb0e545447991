#include "compose/tree.h"

#include <gtest/gtest.h>

#include "compose/path_rules.h"

using namespace pith::compose;
using pith::archive::EntryType;

namespace {

TreeNode link(std::string target) {
    TreeNode node;
    node.type = EntryType::symlink;
    node.link = std::move(target);
    return node;
}

}  // namespace

TEST(Tree, ResolvesLinksInsideTheRoot) {
    Tree tree;
    tree.put("usr/bin/x", {});
    tree.put("bin", link("usr/bin"));
    tree.put("var/run", link("/run"));
    tree.put("escape", link("../../../etc"));
    tree.put("loop", link("loop"));
    EXPECT_EQ(*tree.resolve_parent("bin/y"), "usr/bin/y");
    EXPECT_EQ(*tree.resolve_parent("var/run/a/b"), "run/a/b");
    EXPECT_EQ(*tree.resolve_parent("escape/passwd"), "etc/passwd");
    EXPECT_EQ(*tree.resolve("bin/x"), "usr/bin/x");
    EXPECT_FALSE(tree.resolve("bin/none"));
    EXPECT_FALSE(tree.resolve_parent("loop/x"));
    EXPECT_FALSE(tree.resolve_parent("usr/bin/x/y"));
}

TEST(Tree, RemovesWithAllBelowAndNothingBeside) {
    Tree tree;
    tree.put("a/b/c", {});
    tree.put("a/b-c", {});
    tree.put("a/bc", {});
    tree.remove("a/b");
    EXPECT_FALSE(tree.find("a/b/c"));
    EXPECT_FALSE(tree.find("a/b"));
    EXPECT_TRUE(tree.find("a/b-c"));
    EXPECT_TRUE(tree.find("a/bc"));
    int count = 0;
    tree.for_each_below("a", [&](const std::string&, TreeNode&) { ++count; });
    EXPECT_EQ(count, 3);
}

TEST(PathRules, LeaveOutDocumentationButNoCopyright) {
    struct Row {
        const char* path;
        EntryType type;
        bool left_out;
    };
    for (auto [path, type, left_out] :
         {Row{"/usr/share/doc/nginx/README", EntryType::file, true},
          Row{"/usr/share/doc/nginx/copyright", EntryType::file, false},
          Row{"/usr/share/doc/nginx", EntryType::directory, true},
          Row{"/usr/share/doc/libgcc-s1", EntryType::symlink, false}, Row{"/usr/share/man", EntryType::directory, true},
          Row{"/usr/share/manual", EntryType::directory, false},
          Row{"/usr/share/locale/de/LC_MESSAGES/x.mo", EntryType::file, true},
          Row{"/etc/init.d/nginx", EntryType::file, true},
          Row{"/usr/lib/systemd/system/nginx.service", EntryType::file, true},
          Row{"/usr/lib/systemd/libsystemd.so", EntryType::file, false}, Row{"/usr/bin/nginx", EntryType::file, false}})
        EXPECT_EQ(left_out_by(path, type, {}).has_value(), left_out) << path;
    EXPECT_FALSE(left_out_by("/usr/share/locale/de/x.mo", EntryType::file, {"/usr/share/locale/de/**"}));
}

TEST(PathRules, MergeUsr) {
    EXPECT_EQ(merge_usr("bin/sh"), "usr/bin/sh");
    EXPECT_EQ(merge_usr("lib64/ld.so"), "usr/lib64/ld.so");
    EXPECT_EQ(merge_usr("bin"), "bin");
    EXPECT_EQ(merge_usr("binary/x"), "binary/x");
    EXPECT_EQ(merge_usr("etc/lib/x"), "etc/lib/x");
}
