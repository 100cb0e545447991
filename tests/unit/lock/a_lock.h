// A lock file for tests: two architectures, two repositories, every role, and a layer that two packages share.
#pragma once

#include "compose/lock/lock_file.h"

namespace pith::test {

inline compose::LockedPackage locked(const std::string& name, const std::string& architecture,
                                     compose::LockedPackage::Role role, std::uint32_t repository) {
    compose::LockedPackage out;
    out.role = role;
    out.repository = repository;
    out.package.name = name;
    out.package.version = "1:1.0-1";
    out.package.architecture = architecture;
    out.package.path = "pool/main/" + name + "_1.0-1_" + architecture + ".deb";
    out.package.size = 1000;
    out.package.sha256 = sha256(name + architecture);
    return out;
}

inline compose::Lock a_lock(const std::string& architecture) {
    using Role = compose::LockedPackage::Role;
    compose::Lock out;
    out.architecture = architecture;
    out.definition = sha256("definition");
    for (const char* suite : {"trixie", "trixie-security"}) {
        auto& repository = out.repositories.emplace_back();
        repository.name = "debian";
        repository.suite = suite;
        repository.component = "main";
        repository.date = "2026-03-14T09:26:53Z";
        repository.release_digest = sha256(suite);
        repository.signed_by = "0123abcd";
        repository.architecture = architecture;
        repository.base_url = "http://secret.example/debian";
        repository.proxy = "http://proxy.example:1";
    }
    out.packages = {locked("app", architecture, Role::installed, 0), locked("certs", "all", Role::certificates, 0),
                    locked("lib", architecture, Role::installed, 1), locked("tool", "all", Role::part, 0)};
    out.packages[0].reasons = {{"", "app (>= 1)"}};
    out.packages[2].reasons = {{"app", "lib | other"}};
    out.left_out = {{solve::LeftOut::Why::install_time, "debconf", "only scripts use it", {"app"}},
                    {solve::LeftOut::Why::without, "libgcc-s1", "not \"needed\"", {}}};
    out.layers = {{0, 3}, {2}};
    return out;
}

inline compose::LockFile a_lock_file() {
    compose::LockFile out;
    out.choice = {"web", "debug", "trixie"};
    out.definition = sha256("definition");
    out.composition = compose::composition_version;
    out.compressor = "libdeflate 1 level 6";
    out.locks = {a_lock("amd64"), a_lock("arm64")};
    return out;
}

}  // namespace pith::test
