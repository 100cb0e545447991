// The promises of `pith build`: one digest everywhere, nothing made twice, a lean command line.
#include <gmock/gmock.h>

#include <set>

#include "e2e/build/pith.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

// From one set of cached indexes and packages: another folder, number of jobs, time zone, locale, umask and cache.
TEST(Build, GivesOneDigestEverywhere) {
    for (const char* platform : {"", "--platform linux/arm64"}) {
        Scratch scratch;
        auto first = built(fmt::format("catalog/nginx.yaml {} -q", platform));  // fills the shared cache
        std::set<std::string> digests;
        int number = 0;
        for (const char* environment :
             {"TZ=UTC LANG=C umask 022; ",
              "export TZ=Asia/Kathmandu LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 HOME=/nonexistent; umask 077; ",
              "export TZ=America/St_Johns LC_ALL=C.UTF-8; umask 0; "}) {
            auto folder = scratch / fmt::format("copy{}", ++number);
            copy_downloads(folder / "cache");
            fs::copy(source_dir() / "catalog", folder / "catalog", fs::copy_options::recursive);
            auto ran =
                sh(fmt::format("cd '{0}' && {1} '{2}' build catalog/nginx.yaml {3} --offline -q --jobs {4} --cache-dir "
                               "cache -o oci:out:x",
                               folder.string(), environment, pith_binary().string(), platform, number == 1 ? 1 : 8));
            ASSERT_EQ(ran.exit_code, 0) << ran.err;
            digests.insert(ran.out);
        }
        EXPECT_EQ(digests, std::set<std::string>{first + "\n"}) << platform;
    }
}

TEST(Build, ASecondBuildMakesNothingAnew) {
    Scratch scratch;
    copy_downloads(scratch / "cache");
    auto options =
        fmt::format("build catalog/static.yaml --offline --platform linux/amd64 --format json --cache-dir {}",
                    (scratch / "cache").string());
    auto first = run_pith(options), second = run_pith(options);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_THAT(first.out, HasSubstr("\"membersReused\": 0"));
    EXPECT_THAT(second.out, HasSubstr("\"membersNew\": 0"));
}

TEST(Build, ADamagedCacheEntryIsMadeAgain) {
    Scratch scratch;
    copy_downloads(scratch / "cache");
    auto options = fmt::format("catalog/static.yaml --offline --platform linux/amd64 -q --cache-dir {0} -o oci:{1}:x",
                               (scratch / "cache").string(), (scratch / "out").string());
    auto before = built(options);
    auto ran =
        sh(fmt::format("cd {0}/cache/blobs/sha256 && for f in */*; do printf X | dd of=$f bs=1 seek=100 conv=notrunc "
                       "status=none; done; "
                       "ls */* | wc -l; rm -rf {0}/out",
                       scratch.path().string()));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    // Packages are damaged too, so they must be fetched anew: offline says so, online mends it.
    auto offline = run_pith("build " + options);
    EXPECT_EQ(offline.exit_code, 1);
    EXPECT_FALSE(fs::exists(scratch / "out/index.json"));
    auto online = options;
    online.replace(online.find(" --offline"), 10, "");
    EXPECT_EQ(built(online), before);
}

// A library of the application's own, in a folder that its own ld.so.conf names; the real ldconfig reads the cache.
TEST(Build, TheDynamicLinkerFindsTheDefinitionsOwnLibraries) {
    Scratch scratch;
    auto folder = scratch.path().string();
    spit(scratch / "own.c", "int own(void) { return 1; }\n");
    ASSERT_EQ(
        sh(fmt::format("gcc -shared -fPIC -Wl,-soname,libown.so.1 -o {0}/libown.so.1.2 {0}/own.c", folder)).exit_code,
        0);
    spit(scratch / "ld.so.conf", "/opt/app/lib\n");
    spit(scratch / "own.yaml", fmt::format("include: {}/catalog/base-nossl.yaml\narchs: [amd64]\ncontents:\n  files:\n"
                                           "    - {{source: libown.so.1.2, path: /opt/app/lib/libown.so.1.2}}\n"
                                           "    - {{source: ld.so.conf, path: /etc/ld.so.conf}}\n",
                                           source_dir().string()));
    built(fmt::format("{0}/own.yaml -q -o dir:{0}/root", folder));
    EXPECT_EQ(fs::read_symlink(scratch / "root/opt/app/lib/libown.so.1"), "libown.so.1.2");
    EXPECT_THAT(sh(fmt::format("/sbin/ldconfig -p -C {}/root/etc/ld.so.cache", folder)).out,
                HasSubstr("libown.so.1 (libc6,x86-64) => /opt/app/lib/libown.so.1\n"));
}

// With the mirror's own settings turned strict, nothing of the host's leniency holds.
TEST(Build, OfflineOpensNoSocket) {
    PITH_NEED(have("strace"), "strace");
    built("catalog/static.yaml -q");
    auto ran =
        sh(fmt::format("cd {} && strace -f -qq -e trace=socket,connect -o /dev/stdout {} build catalog/static.yaml "
                       "--offline -q --cache-dir {}",
                       source_dir().string(), pith_binary().string(), shared_cache().string()));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, Not(HasSubstr("AF_INET")));
}

TEST(Build, SaysWhatItDidAndNoMirror) {
    auto ran = run_pith("build catalog/static.yaml");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    for (const char* part : {"from debian trixie of ", "static for linux/amd64: 4 packages", "base-files",
                             "left out mawk: ", "files left out: ", "digest sha256:"})
        EXPECT_THAT(ran.err, HasSubstr(part));
    EXPECT_THAT(ran.err, Not(HasSubstr("://")));
    auto quiet = run_pith("build catalog/static.yaml --quiet");
    EXPECT_EQ(quiet.err, "");
    EXPECT_EQ(quiet.out, ran.out);
}

TEST(CommandLine, HelpHasExamplesAndWrongUsageIsTwo) {
    for (const char* command : {"", "build", "lock", "why", "test", "effects", "effects coverage", "cache"}) {
        auto ran = sh(fmt::format("{} {} --help", pith_binary().string(), command));
        EXPECT_EQ(ran.exit_code, 0) << command;
        EXPECT_THAT(ran.out, HasSubstr("Examples:")) << command;
    }
    for (const char* wrong : {"", "bild", "build", "build x.yaml --jobs many", "build x.yaml --format xml",
                              "build catalog/nginx.yaml -o ftp://x", "build catalog/nginx.yaml --platform sun/sparc",
                              "build catalog/nginx.yaml --variant none", "build catalog/nginx.yaml -o dir:/tmp/x"})
        EXPECT_EQ(run_pith(wrong).exit_code, 2) << wrong;
    EXPECT_EQ(run_pith("build /nowhere/x.yaml").exit_code, 1);
}

TEST(Why, PrintsChainsAndReasonsForWhatIsNotThere) {
    auto chain = run_pith("why catalog/nginx.yaml zlib1g");
    EXPECT_THAT(chain.out, HasSubstr("nginx → zlib1g [zlib1g (>= "));
    EXPECT_THAT(run_pith("why catalog/nginx.yaml libgcc-s1").out,
                HasSubstr("libgcc-s1 is left out: glibc loads it only"));
    EXPECT_THAT(run_pith("why catalog/nginx.yaml ca-certificates").out, HasSubstr("certificates.providers"));
    auto none = run_pith("why catalog/nginx.yaml zlib1");
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_EQ(none.err, "pith: zlib1 is not in the image; did you mean zlib1g?\n");
}

TEST(Effects, CoverageTellsWhatIsModelled) {
    auto ran = run_pith("effects coverage debian:trixie nginx");
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("modelled"));
    EXPECT_THAT(ran.out, HasSubstr(", 0 not\n"));
}
