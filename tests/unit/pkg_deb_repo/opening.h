// What tests of opening repositories share: a throw-away archive, a cache, and how to open the one with the other.
#pragma once

#include <gmock/gmock.h>

#include "pkg/deb/repository.h"
#include "support/debian_archive.h"
#include "support/loopback.h"
#include "support/support.h"

namespace pith::test {

struct Opening {
    Scratch scratch;
    SigningKey key;
    DebianArchive archive{scratch / "archive", key};
    Cache cache = *Cache::open(scratch / "cache");
    ThreadPool pool{2};
    Progress silent;
    pkg::deb::TrustOptions trust;
    net::Options options;

    Opening() {
        trust.now = pkg::deb::Time(std::chrono::seconds(1'700'003'600));  // an hour after the signatures
        trust.keyrings = {scratch / "test.gpg"};
        spit(scratch / "test.gpg", key.public_key());
        options.retry_pause = std::chrono::milliseconds(5);
        options.stall_timeout = std::chrono::seconds(1);
    }

    [[nodiscard]] pkg::deb::Source source(std::string url) const {
        pkg::deb::Source out;
        out.url = std::move(url);
        out.suite = archive.options.suite;
        out.components = {"main"};
        out.place = "image.yaml:3";
        return out;
    }

    [[nodiscard]] Result<pkg::deb::Opened> open(const std::vector<pkg::deb::Source>& sources,
                                                const std::vector<std::string>& architectures = {"amd64"}) {
        return pkg::deb::open_repositories(sources, architectures, trust, options, cache, pool, silent);
    }
    [[nodiscard]] Result<pkg::deb::Opened> open() { return open({source(archive.url())}); }

    [[nodiscard]] Result<pkg::deb::Fetched> fetch(const pkg::deb::Opened& opened,
                                                  const std::vector<std::string>& names) {
        std::vector<pkg::Package> packages;
        std::vector<const pkg::Repository*> repositories;
        for (const auto& name : names)
            for (auto id : opened.universe.named(name)) {
                packages.push_back(*opened.universe.package(id));
                repositories.push_back(&opened.universe.repositories()[id.repository]);
            }
        std::vector<pkg::deb::PackageSource> wanted;
        for (std::size_t i = 0; i < packages.size(); ++i) wanted.push_back({&packages[i], repositories[i]});
        return pkg::deb::fetch_packages(wanted, options, cache, silent);
    }
};

inline void expect_error(const auto& result, ErrorCode code, const testing::Matcher<std::string>& text) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().text();
    EXPECT_THAT(result.error().text(), text);
}

}  // namespace pith::test
