#include "compose/generate/ld_so_cache.h"

#include <gtest/gtest.h>

#include <deque>

#include <fmt/format.h>

#include "support/support.h"
#include "unit/generate/tiny_elf.h"

using namespace pith;
using namespace pith::compose;
using pith::compose::test::TinyElf;

namespace {

// A tree whose libraries are told by their sonames.
struct Trees {
    LibraryTree tree;
    std::deque<ElfFacts> facts;
    ConfFiles conf;
    void library(const std::string& path, const std::string& soname, TinyElf elf = {}) {
        elf.soname = soname;
        tree.add_file(path, &facts.emplace_back(*read_elf(as_bytes(elf.build()))));
    }
    [[nodiscard]] Result<Libraries> scan(const std::string& architecture = "amd64",
                                         const std::string& version = "2.41-12") const {
        return scan_libraries(tree, conf, *library_abi(architecture), {"Debian", version});
    }
};

std::vector<std::string> lines(const Libraries& libraries) {
    std::vector<std::string> out;
    for (const auto& entry : libraries.entries)
        out.push_back(fmt::format("{} {:x}{}{} {}", entry.soname, entry.flags, entry.hwcaps.empty() ? "" : " ",
                                  entry.hwcaps, entry.path));
    return out;
}
using Lines = std::vector<std::string>;

TEST(LibraryTree, FollowsLinksInsideTheTree) {
    LibraryTree tree;
    tree.add_link("/lib", "usr/lib");
    tree.add_file("usr/lib/a/liba.so.1.2");
    tree.add_link("/usr/lib/a/liba.so.1", "liba.so.1.2");
    tree.add_link("/usr/lib/up", "../../../../lib/./a");
    tree.add_link("/usr/lib/absolute", "/lib/up/liba.so.1");
    tree.add_link("/loop1", "loop2");
    tree.add_link("/loop2", "/loop1");
    tree.add_link("/through", "usr/lib/a/liba.so.1/x");
    for (const char* path : {"/lib/a/liba.so.1", "lib/up/liba.so.1", "/usr/lib/absolute"})
        EXPECT_EQ(tree.find(path).value_or(LibraryTree::Found{}).path, "/usr/lib/a/liba.so.1.2") << path;
    EXPECT_EQ(tree.find("/..")->path, "/");
    for (const char* path : {"/loop1", "/nothing", "/through", "/lib/a/liba.so.1/.."})
        EXPECT_FALSE(tree.find(path)) << path;
}

TEST(ScanLibraries, TakesAFolderOnceUnderTheNameItHasFirst) {
    Trees made;
    made.tree.add_link("lib", "usr/lib");
    made.library("usr/lib/x86_64-linux-gnu/libz.so.1", "libz.so.1");
    made.library("usr/lib/libown.so.2", "libown.so.2");
    EXPECT_EQ(lines(*made.scan()),
              (Lines{"libz.so.1 303 /lib/x86_64-linux-gnu/libz.so.1", "libown.so.2 303 /lib/libown.so.2"}));
    made.conf["/etc/ld.so.conf"] = "/usr/lib\n/usr/lib/x86_64-linux-gnu\n/nowhere\n";
    EXPECT_EQ(lines(*made.scan()),
              (Lines{"libz.so.1 303 /usr/lib/x86_64-linux-gnu/libz.so.1", "libown.so.2 303 /usr/lib/libown.so.2"}));
}

TEST(ScanLibraries, OneNameInSeveralFoldersKeepsTheirOrder) {
    Trees made;
    made.conf["/etc/ld.so.conf"] = "/b\n/a\n";
    made.library("a/libx.so.1", "libx.so.1");
    made.library("b/libx.so.1", "libx.so.1");
    EXPECT_EQ(lines(*made.scan()), (Lines{"libx.so.1 303 /b/libx.so.1", "libx.so.1 303 /a/libx.so.1"}));
}

TEST(ScanLibraries, LooksOnlyAtNamesOfLibraries) {
    Trees made;
    for (const char* name : {"libx.so", "ld-2.so", "ld.so.1", "ld64.so.2", "xlib.so", "libx.a", "libt.so.dpkg-new",
                             "libt.so.#prelink#", "libt.so.#prelink#.abcdef", "libt.so;1", "ld.so"})
        made.library(std::string("usr/lib/") + name, "");
    made.tree.add_file("usr/lib/libscript.so");
    made.tree.add_folder("usr/lib/libfolder.so.1");
    made.tree.add_link("usr/lib/libgone.so.1", "nowhere");
    made.library("usr/lib/libexe.so.1", "", {.type = ET_EXEC});
    Lines names;
    auto libraries = made.scan();
    ASSERT_OK(libraries);
    for (const auto& entry : libraries->entries) names.push_back(entry.soname);
    EXPECT_EQ(names, (Lines{"libx.so", "ld64.so.2", "ld.so.1", "ld-2.so"}));
}

TEST(ScanLibraries, ChoosesFilesBeforeLinksAndThenTheHighestVersion) {
    Trees made;
    made.library("usr/lib/liba.so.1.9", "liba.so.1");
    made.library("usr/lib/liba.so.1.10", "liba.so.1");
    made.tree.add_link("usr/lib/liba.so.1", "liba.so.1.9");
    made.tree.add_link("usr/lib/liba.so", "liba.so.1");
    made.library("usr/lib/libb.so.5", "libb.so.2");
    made.tree.add_link("usr/lib/libodd.so", "libb.so.5");
    auto libraries = made.scan();
    ASSERT_OK(libraries);
    EXPECT_EQ(lines(*libraries), (Lines{"libb.so.2 303 /usr/lib/libb.so.2", "liba.so.1 303 /usr/lib/liba.so.1",
                                        "liba.so 303 /usr/lib/liba.so"}));
    EXPECT_EQ(libraries->links,
              (std::vector<SonameLink>{{"/usr/lib/liba.so.1", "liba.so.1.10"}, {"/usr/lib/libb.so.2", "libodd.so"}}));
}

TEST(ScanLibraries, HwcapsFoldersNameFilesAndComeFirst) {
    Trees made;
    made.library("usr/lib/libx.so.1", "libx.so.1");
    made.library("usr/lib/glibc-hwcaps/x86-64-v3/libx.so.1.2", "libx.so.1", {.isa_needed = 4});
    made.library("usr/lib/glibc-hwcaps/x86-64-v2/libx.so.1.2", "libx.so.1");
    made.library("usr/lib/glibc-hwcaps/.no/libx.so.1", "libx.so.1");
    made.library("usr/lib/glibc-hwcaps/a:b/libx.so.1", "libx.so.1");
    made.tree.add_folder("usr/lib/glibc-hwcaps/x86-64-v4");
    auto libraries = made.scan();
    ASSERT_OK(libraries);
    EXPECT_EQ(lines(*libraries), (Lines{"libx.so.1 303 x86-64-v2 /usr/lib/glibc-hwcaps/x86-64-v2/libx.so.1.2",
                                        "libx.so.1 303 x86-64-v3 /usr/lib/glibc-hwcaps/x86-64-v3/libx.so.1.2",
                                        "libx.so.1 303 /usr/lib/libx.so.1"}));
    EXPECT_EQ(libraries->entries[1].isa_level, 2u);
    EXPECT_EQ(libraries->hwcaps, (Lines{"x86-64-v2", "x86-64-v3", "x86-64-v4"}));
    EXPECT_TRUE(libraries->links.empty());
}

TEST(ScanLibraries, SaysWhatItPassesOver) {
    Trees made;
    made.library("usr/lib/libslash.so.1", "../../etc/passwd");
    made.library("usr/lib/libtwo.so.1", "libtwo.so.1");
    made.library("usr/lib/libtwo.so.1.5", "libtwo.so.1");
    made.facts.push_back({.malformed = "it is broken"});
    made.tree.add_file("usr/lib/libbroken.so", &made.facts.back());
    auto libraries = made.scan();
    ASSERT_OK(libraries);
    EXPECT_TRUE(libraries->links.empty());
    ASSERT_EQ(libraries->notes.size(), 3u);
    EXPECT_EQ(libraries->notes[0], "/usr/lib/libbroken.so is not in the linker's cache: it is broken");
}

TEST(LibraryFlags, TellTheAbisOfAnArchitectureApart) {
    struct Row {
        const char* architecture;
        std::uint16_t machine;
        bool is_64bit, big;
        std::uint32_t flags;
        std::optional<std::uint32_t> expected;
    };
    for (auto [architecture, machine, is_64bit, big, flags, expected] :
         {Row{"amd64", EM_X86_64, true, false, 0, 0x303}, Row{"amd64", EM_X86_64, false, false, 0, 0x803},
          Row{"i386", EM_386, false, false, 0, 3}, Row{"amd64", EM_AARCH64, true, false, 0, std::nullopt},
          Row{"arm64", EM_AARCH64, true, false, 0, 0xa03}, Row{"arm64", EM_X86_64, true, false, 0, std::nullopt},
          Row{"armhf", EM_ARM, false, false, 0x05000400, 0x903}, Row{"armel", EM_ARM, false, false, 0x05000200, 0xb03},
          Row{"armhf", EM_ARM, false, false, 0x05000000, 3},
          Row{"armhf", EM_ARM, false, false, 0x04000000, std::nullopt},
          Row{"riscv64", EM_RISCV, true, false, 5, 0x1003}, Row{"riscv64", EM_RISCV, true, false, 1, 0xf03},
          Row{"riscv64", EM_RISCV, true, false, 8, std::nullopt}, Row{"s390x", EM_S390, true, true, 0, 0x403},
          Row{"s390x", EM_S390, true, false, 0, std::nullopt}, Row{"ppc64el", EM_PPC64, true, false, 2, 0x503},
          Row{"mips64el", EM_MIPS, true, false, 0x400, 0xe03},
          Row{"loong64", EM_LOONGARCH, true, false, 0x43, 0x1203}}) {
        auto elf = read_elf(
            as_bytes(TinyElf{.is_64bit = is_64bit, .is_big_endian = big, .machine = machine, .flags = flags}.build()));
        EXPECT_EQ(library_flags(*library_abi(architecture), *elf, false), expected) << architecture << " " << machine;
    }
    EXPECT_FALSE(library_abi("pdp11"));
}

TEST(LibraryFlags, OldGlibcKnowsItsOwn32BitLibrariesByWhatTheyNeed) {
    Trees made;
    made.library("usr/lib/libplain.so.1", "libplain.so.1", {.is_64bit = false, .machine = EM_386});
    made.library("usr/lib/libneeds.so.1", "libneeds.so.1",
                 {.is_64bit = false, .machine = EM_386, .needed = {"libc.so.6"}});
    EXPECT_EQ(lines(*made.scan("amd64", "2.36-9+deb12u14")),
              (Lines{"libplain.so.1 1 /usr/lib/libplain.so.1", "libneeds.so.1 3 /usr/lib/libneeds.so.1"}));
    EXPECT_EQ(made.scan("amd64", "2.41-12")->entries[0].flags, 3u);
}

TEST(LibraryNames, NumbersCountAsNumbers) {
    struct Row {
        const char* smaller;
        const char* larger;
    };
    for (auto [smaller, larger] : {Row{"libx.so.9", "libx.so.10"}, Row{"libx.so", "libx.so.1"},
                                   Row{"libxa.so", "libx2.so"}, Row{"libx.so.1.9", "libx.so.1.10"}, Row{"liba", "libb"},
                                   Row{"", "a"}, Row{"lib99999999999999999998", "lib99999999999999999999"}}) {
        EXPECT_LT(compare_library_names(smaller, larger), 0) << smaller << " " << larger;
        EXPECT_GT(compare_library_names(larger, smaller), 0) << smaller << " " << larger;
    }
    EXPECT_EQ(compare_library_names("libx.so.01", "libx.so.1"), 0);
}

// The bytes of a small cache, in both byte orders; the end-to-end test compares with real ldconfigs.
TEST(WriteLdSoCache, Golden) {
    Libraries libraries{.entries = {{"libz.so.1", "/lib/glibc-hwcaps/x86-64-v3/libz.so.1.2", 0x303, "x86-64-v3", 2},
                                    {"libz.so.1", "/lib/libz.so.1", 0x303, "", 0},
                                    {"liba.so", "/usr/lib/liba.so", 0x303, "", 0}},
                        .hwcaps = {"x86-64-v3", "x86-64-v4"}};
    for (const char* architecture : {"amd64", "s390x"}) {
        auto cache = write_ld_so_cache(libraries, *library_abi(architecture), {"Debian", "2.36-9+deb12u14"});
        ASSERT_OK(cache);
        std::string dump;
        for (std::size_t at = 0; at < cache->size(); at += 16) {
            auto row = ByteView(*cache).subspan(at, std::min<std::size_t>(16, cache->size() - at));
            dump += fmt::format("{:04x} {:32} ", at, to_hex(row));
            for (char c : as_text(row)) dump += c >= ' ' && c <= '~' ? c : '.';
            dump += '\n';
        }
        pith::test::expect_golden(fmt::format("generate/ld.so.cache.{}.txt", architecture), dump);
    }
}

TEST(WriteLdSoCache, AnEmptyOneIsACache) {
    auto cache = write_ld_so_cache({}, *library_abi("amd64"), {"Debian", "2.41-12"});
    ASSERT_OK(cache);
    EXPECT_TRUE(as_text(*cache).starts_with("glibc-ld.so.cache1.1"));
    EXPECT_TRUE(as_text(*cache).ends_with("ldconfig (Debian GLIBC 2.41-12) stable release version 2.41"));
}

}  // namespace
