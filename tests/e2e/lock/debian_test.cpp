// Locks of images of the catalog, on the live archive.
#include <gmock/gmock.h>

#include "e2e/lock/checkout.h"

using namespace pith;
using namespace pith::test;
using testing::HasSubstr;

namespace fs = std::filesystem;

// Both architectures, in two folders, every cache cold: the lock is all that they share.
TEST(DebianLock, GivesOneDigestInTwoFoldersWithColdCaches) {
    for (const char* choice : {"", "--suite bookworm --variant debug"}) {
        Scratch scratch;
        std::string digest;
        for (const char* clone : {"one", "two"}) {
            copy_catalog(scratch / clone);
            auto lock = std::string(*choice ? "static.debug.bookworm.lock.json" : "static.lock.json");
            if (digest.empty())
                run_pith(fmt::format("lock {}/one/catalog/static.yaml {} -q", scratch.path().string(), choice));
            else
                fs::copy(scratch / "one/catalog" / lock, scratch / "two/catalog" / lock);
            auto built =
                in(scratch / clone,
                   fmt::format("build catalog/static.yaml {} --locked -q --cache-dir cold -o oci:out:x", choice));
            EXPECT_THAT(built.out, testing::StartsWith("sha256:"));
            if (!digest.empty()) {
                EXPECT_EQ(built.out, digest) << choice;
            }
            digest = built.out;
        }
        EXPECT_EQ(slurp(scratch / "one/out/index.json"), slurp(scratch / "two/out/index.json"));
    }
}

// The packages are all that a build from a lock takes from the cache: no index, no facts, no layers.
TEST(DebianLock, BuildsOfflineFromTheCachesPackagesAlone) {
    Scratch scratch;
    copy_catalog(scratch / "copy");
    auto definition = fmt::format("{}/copy/catalog/nginx.yaml", scratch.path().string());
    ASSERT_EQ(run_pith("lock -q " + definition).exit_code, 0);
    auto online = built(definition + " -q");
    EXPECT_EQ(online, built("catalog/nginx.yaml -q"));
    copy_downloads(scratch / "cache");
    fs::remove_all(scratch / "cache/records");
    auto offline = run_pith(
        fmt::format("build {} --locked --offline -q --cache-dir {}", definition, (scratch / "cache").string()));
    EXPECT_EQ(offline.out, online + "\n") << offline.err;
    auto why = run_pith(fmt::format("why {} zlib1g --offline --cache-dir {}", definition, (scratch / "none").string()));
    EXPECT_THAT(why.out, HasSubstr("nginx → zlib1g [zlib1g (>= "));
    auto test = run_pith(fmt::format("lock {} --format json -q", definition));
    EXPECT_THAT(test.out, HasSubstr("\"written\": false"));
}
