// The linker's cache beside the one that the tree's own ldconfig writes: trees of several hundred libraries
// of real packages, and among them the cases where ldconfig has to choose.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "compose/generate/ld_so_cache.h"
#include "support/support.h"

using namespace pith;
using namespace pith::compose;
using pith::test::sh;
namespace fs = std::filesystem;

namespace {

struct Suite {
    const char* name;
    const char* architecture;
    const char* emulator;  // before the tree's own ldconfig
    const char* packages;
};

void PrintTo(const Suite& suite, std::ostream* out) { *out << suite.name << "-" << suite.architecture; }

// A tree on disk as the generator takes it. The facts live as long as the object.
struct DiskTree {
    explicit DiskTree(const fs::path& root) {
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            auto path = "/" + entry.path().lexically_relative(root).string();
            if (entry.is_symlink()) {
                tree.add_link(path, fs::read_symlink(entry.path()).string());
            } else if (entry.is_directory()) {
                tree.add_folder(path);
            } else if (entry.is_regular_file()) {
                auto file = MappedFile::open(entry.path());
                auto elf = file ? read_elf(file->bytes()) : std::nullopt;
                tree.add_file(path, elf ? &facts.emplace_back(*elf) : nullptr);
                if (path.starts_with("/etc/ld.so.conf")) conf[path] = test::slurp(entry.path());
            }
        }
    }
    std::deque<ElfFacts> facts;
    LibraryTree tree;
    ConfFiles conf;
};

// Libraries for which the rules have something to decide.
void add_awkward_libraries(const fs::path& root) {
    auto made = sh(fmt::format(R"(set -e
        cd '{}'; mkdir -p usr/local/lib/glibc-hwcaps/x86-64-v2 usr/local/lib/glibc-hwcaps/x86-64-v3 \
            usr/local/lib/glibc-hwcaps/x86-64-v4 usr/local/lib/glibc-hwcaps/.hidden usr/lib/awkward
        cd usr/local/lib; echo 'int x;' > /tmp/awkward.$$.c
        lib() {{ out=$1 soname=$2; shift 2; cc -shared -nostdlib -o $out -Wl,-soname,$soname "$@" /tmp/awkward.$$.c; }}
        lib libtwo.so.1.9 libtwo.so.1; lib libtwo.so.1.10 libtwo.so.1        # no link: the higher version gets it
        lib libold.so.1.2 libold.so.1; lib libold.so.1.3 libold.so.1; ln -s libold.so.1.2 libold.so.1  # a link to be moved
        lib libdev.so.3.1 libdev.so.3; ln -s libdev.so.3.1 libdev.so.3; ln -s libdev.so.3 libdev.so   # development link
        lib libreal.so.9.9 libreal.so.9; ln -s libreal.so.9.9 libodd.so      # a link under another name
        lib libfile.so.2.5 libfile.so.2; lib libfile.so.2 libfile.so.2      # the soname is a file of its own
        cc -shared -nostdlib -o libplain.so /tmp/awkward.$$.c                # no soname
        echo '/* GNU ld script */ GROUP ( libtwo.so.1 )' > libscript.so
        ln -s nowhere.so.1 libgone.so.1; ln -s libloop.so.1 libloop.so.1
        cp libplain.so libplain.so.dpkg.so; cp libplain.so 'libplain.so.#prelink#'; cp libplain.so notalib.so
        mkdir libfolder.so.1; head -c 100 libplain.so > libcut.so.1
        lib glibc-hwcaps/x86-64-v2/libtwo.so.1.10 libtwo.so.1
        lib glibc-hwcaps/x86-64-v3/libtwo.so.1 libtwo.so.1 -Wl,-z,x86-64-v3
        lib glibc-hwcaps/x86-64-v3/libonlyv3.so.1 libonlyv3.so.1 -Wl,-z,x86-64-v3
        lib glibc-hwcaps/.hidden/libhidden.so.1 libhidden.so.1
        lib ../../lib/awkward/libtwo.so.1 libtwo.so.1; lib ../../lib/awkward/libz1.so.1 libz1.so.1
        echo '/usr/lib/awkward/ # a comment' > '{}/etc/ld.so.conf.d/00-awkward.conf'
        echo '/not/there' > '{}/etc/ld.so.conf.d/.hidden.conf'
        rm /tmp/awkward.$$.c)",
                               root.string(), root.string(), root.string()));
    ASSERT_EQ(made.exit_code, 0) << made.err;
}

std::set<std::string> links_of(const fs::path& root) {
    std::set<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(root))
        if (entry.is_symlink())
            out.insert(fmt::format("/{} -> {}", entry.path().lexically_relative(root).string(),
                                   fs::read_symlink(entry.path()).string()));
    return out;
}

class LdSoCache : public testing::TestWithParam<Suite> {};

TEST_P(LdSoCache, IsByteForByteWhatTheTreesOwnLdconfigWrites) {
    auto [suite, architecture, emulator, packages] = GetParam();
    for (const char* tool : {"apt-get", "dpkg-deb", "cc"}) PITH_NEED(test::have(tool), tool);
    if (*emulator) PITH_NEED(test::have(emulator), emulator);
    test::Scratch scratch;
    auto unpacked = sh(fmt::format("'{}' {} {} '{}' {}", (test::source_dir() / "tests/support/debian_tree.sh").string(),
                                   suite, architecture, scratch.path().string(), packages));
    ASSERT_EQ(unpacked.exit_code, 0) << unpacked.err;
    auto root = scratch / "root";
    if (std::string(architecture) == "amd64") add_awkward_libraries(root);

    auto version = sh(fmt::format("dpkg-deb -f '{}'/libc-bin_*.deb Version", (scratch / "debs").string()));
    Glibc glibc{"Debian", std::string(trim(version.out))};
    auto abi = library_abi(architecture);
    ASSERT_OK(abi);
    DiskTree disk(root);
    auto libraries = scan_libraries(disk.tree, disk.conf, *abi, glibc);
    ASSERT_OK(libraries);
    auto ours = write_ld_so_cache(*libraries, *abi, glibc);
    ASSERT_OK(ours);
    test::spit(scratch / "ours", as_text(*ours));

    auto before = links_of(root);
    auto ran = sh(fmt::format("{} '{}/usr/sbin/ldconfig' -i -r '{}'", emulator, root.string(), root.string()));
    auto theirs = root / "etc/ld.so.cache";
    ASSERT_TRUE(fs::exists(theirs)) << ran.err;
    auto list = [](const fs::path& cache) { return sh(fmt::format("ldconfig -p -C '{}'", cache.string())).out; };
    EXPECT_EQ(list(scratch / "ours").substr(list(scratch / "ours").find('\n')),
              list(theirs).substr(list(theirs).find('\n')));
    EXPECT_EQ(as_text(*ours), test::slurp(theirs)) << "the bytes differ";
    EXPECT_GT(libraries->entries.size(), 100u);

    std::set<std::string> ours_made, theirs_made;
    for (const auto& link : libraries->links) ours_made.insert(link.path + " -> " + link.target);
    std::ranges::set_difference(links_of(root), before, std::inserter(theirs_made, theirs_made.end()));
    EXPECT_EQ(ours_made, theirs_made);
}

INSTANTIATE_TEST_SUITE_P(
    Debian, LdSoCache,
    testing::Values(Suite{"bookworm", "amd64", "", "libc-bin python3 nginx imagemagick fakeroot libc6-i386"},
                    Suite{"trixie", "amd64", "", "libc-bin python3 nginx imagemagick fakeroot libc6-i386"},
                    Suite{"trixie", "arm64", "qemu-aarch64-static", "libc-bin python3 nginx imagemagick"}),
    [](const auto& test) { return std::string(test.param.name) + "_" + test.param.architecture; });

}  // namespace
