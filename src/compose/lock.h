// A Lock: everything an image of one architecture is made of, named by digest. Whoever has the lock and
// the packages it names builds the same image.
// Thread-safety: values.
#pragma once

#include <string>
#include <vector>

#include "compose/definition/definition.h"
#include "pkg/universe.h"
#include "solve/solve.h"

namespace pith::compose {

// Part of every key of composed things: a change of the rules of composition is a change of this number.
constexpr int composition_version = 1;

struct LockedPackage {
    enum class Role {
        installed,     // with its scripts' effects, and its dependencies
        part,          // only some of its paths (contents.parts)
        certificates,  // its certificates make the bundle (certificates.providers); no path of its own
    } role = Role::installed;
    pkg::Package package;
    std::uint32_t repository = 0;        // into Lock::repositories
    std::vector<solve::Reason> reasons;  // why an installed package is there
};

struct Lock {
    std::string architecture;                   // Debian's name
    Digest definition;                          // of what chooses packages and layers: choices_digest()
    std::vector<pkg::Repository> repositories;  // of the packages below
    std::vector<LockedPackage> packages;        // sorted by name, each name once
    std::vector<solve::LeftOut> left_out;
    std::vector<std::vector<int>> layers;  // which packages share a layer, as indices into `packages`
};

// The digest of everything in a definition that a lock follows from: repositories and their keyrings, packages,
// `without`, `install-time`, the packages of `parts` and `certificates`, layering. What else it says (files, accounts,
// entrypoint, tests…) is read at every build and can change while the lock stays. Includes, variant and suite have
// been applied before; the folder of the definition does not count.
[[nodiscard]] Digest choices_digest(const Definition& definition);

// The files with keys that the definition names, as seen from its folder.
[[nodiscard]] std::vector<std::string> keyring_names(const Definition& definition);

// What the definition asks of the solver, for one architecture.
[[nodiscard]] Result<solve::Request> make_request(const Definition& definition, const std::string& architecture);

// Definition → Lock: solves, and finds the packages of parts and certificates.
[[nodiscard]] Result<Lock> make_lock(const Definition& definition, const pkg::Universe& universe,
                                     const std::string& architecture);

// Which packages share a layer: one package a layer while the budget lasts (less one layer for the image itself);
// beyond it the smallest files of packages share one. Packages that are there for their certificates are in none.
[[nodiscard]] std::vector<std::vector<int>> group_packages(const std::vector<LockedPackage>& packages, unsigned budget);

}  // namespace pith::compose
