// A small world for tests of composing: packages made in memory, put into a cache, and locked.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compose/layers.h"
#include "compose/plan.h"
#include "support/support.h"
#include "unit/pkg_deb/build.h"

namespace pith::test {

using archive::EntryType;

struct World {
    Scratch scratch;
    Cache cache = *Cache::open(scratch / "cache");
    ThreadPool pool{2};
    compose::Lock lock;
    compose::Definition definition;
    compose::EffectsModel effects;
    std::optional<std::int64_t> source_date_epoch;

    explicit World(std::string_view yaml = "{}") {
        auto parsed = compose::parse_definition(yaml, "image.yaml", scratch.path(), {});
        EXPECT_OK(parsed);
        if (parsed) definition = *parsed;
        lock.architecture = "amd64";
    }

    using Role = compose::LockedPackage::Role;

    void add(const std::string& name, const std::vector<archive::TarEntry>& entries,
             const std::vector<archive::TarEntry>& control = {}, Role role = Role::installed,
             const std::string& fields = "") {
        auto stanza = fmt::format(
            "Package: {}\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: M <m@example.org>\n{}Description: d\n", name,
            fields);
        std::vector<archive::TarEntry> members{folder("./"), file("./control", stanza)};
        members.insert(members.end(), control.begin(), control.end());
        auto digest = cache.put_blob(as_bytes(make_deb(make_tar(entries), make_tar(members))));
        ASSERT_OK(digest);
        pkg::Package package;
        package.name = package.source = name;
        package.version = "1.0-1";
        package.architecture = "amd64";
        package.sha256 = *digest;
        lock.packages.push_back({role, package, 0, {}});
        lock.layers = compose::group_packages(lock.packages, 60);
    }

    Result<compose::Plan> plan() {
        return compose::make_plan({definition, lock, effects, cache, pool, source_date_epoch, nullptr});
    }
    std::string error() {
        auto made = plan();
        return made ? "no error" : made.error().text();
    }
};

// "drwxr-xr-x"-like lines would hide ids; this is TYPE MODE UID:GID PATH [-> LINK].
inline std::string describe(const compose::Plan& plan) {
    static constexpr char types[] = "fdlh";
    std::string out;
    for (const auto& [path, node] : plan.tree.nodes()) {
        out +=
            fmt::format("{} {:04o} {}:{} {}", types[static_cast<int>(node.type)], node.mode, node.uid, node.gid, path);
        if (!node.link.empty()) out += " -> " + node.link;
        out += "\n";
    }
    return out;
}

}  // namespace pith::test
