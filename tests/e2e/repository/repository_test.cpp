// The live Debian archive, through the APT sources of this machine, as they are.
#include "pkg/deb/repository.h"

#include <gmock/gmock.h>

#include "pkg/deb/apt_config.h"
#include "pkg/deb/mirror.h"
#include "support/support.h"

using namespace pith;
using namespace pith::pkg;
using namespace pith::pkg::deb;
using testing::HasSubstr;

namespace {

struct Setting {
    test::Scratch scratch;
    Result<Cache> cache = Cache::open(scratch / "cache");
    ThreadPool pool;
    Progress silent;
    TrustOptions trust{.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
    net::Options options;

    Result<Opened> open(const std::vector<Source>& sources, const std::vector<std::string>& architectures) {
        return open_repositories(sources, architectures, trust, options, *cache, pool, silent);
    }
};

const std::vector<std::string> amd64{"amd64"};

bool host_names_debian() { return resolve_short_name({"debian", "bookworm"}, {}, amd64, "").has_value(); }

}  // namespace

TEST(Repository, TheSuitesOfDebianOpenForBothArchitectures) {
    PITH_NEED(host_names_debian(), "APT sources that name a mirror of Debian");
    Setting setting;
    for (const char* suite : {"bookworm", "trixie"}) {
        auto sources = resolve_short_name({"debian", suite}, {}, amd64, "test");
        ASSERT_OK(sources);
        auto opened = setting.open(*sources, {"amd64", "arm64"});
        ASSERT_OK(opened);
        ASSERT_EQ(opened->universe.repositories().size(), 6U);
        EXPECT_EQ(opened->sources.at(2).name, "debian-security");
        EXPECT_EQ(opened->sources.at(0).origin, MirrorOrigin::host);

        std::vector<std::string> architectures;
        for (auto id : opened->universe.named("libc6")) {
            if (opened->universe.repositories()[id.repository].priority != 0) continue;
            auto package = opened->universe.package(id);
            ASSERT_OK(package);
            architectures.push_back(package->architecture);
        }
        EXPECT_THAT(architectures, testing::ElementsAre("amd64", "arm64"));

        // A second opening, offline, is the same from the cache.
        setting.options.offline = true;
        auto again = setting.open(*sources, {"amd64", "arm64"});
        setting.options.offline = false;
        ASSERT_OK(again);
        EXPECT_EQ(again->universe.names(), opened->universe.names());
        EXPECT_FALSE(again->sources.at(0).asked);
    }
}

TEST(Repository, PackagesComeIntoTheCache) {
    PITH_NEED(host_names_debian(), "APT sources that name a mirror of Debian");
    Setting setting;
    auto sources = resolve_short_name({"debian", "bookworm"}, {}, amd64, "test");
    ASSERT_OK(sources);
    auto opened = setting.open(*sources, {"amd64"});
    ASSERT_OK(opened);
    std::vector<Package> packages;
    std::vector<PackageSource> wanted;
    std::vector<std::uint32_t> repositories;
    for (const char* name : {"base-files", "netbase", "media-types"}) {
        auto id = opened->universe.named(name).at(0);
        packages.push_back(*opened->universe.package(id));
        repositories.push_back(id.repository);
    }
    for (std::size_t i = 0; i < packages.size(); ++i)
        wanted.push_back({&packages[i], &opened->universe.repositories()[repositories[i]]});
    auto fetched = fetch_packages(wanted, setting.options, *setting.cache, setting.silent);
    ASSERT_OK(fetched);
    EXPECT_EQ(fetched->packages, 3U);
    for (const auto& package : packages) EXPECT_EQ(setting.cache->blob(package.sha256)->bytes().size(), package.size);
    auto again = fetch_packages(wanted, setting.options, *setting.cache, setting.silent);
    ASSERT_OK(again);
    EXPECT_EQ(again->packages, 0U);
}
