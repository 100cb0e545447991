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
    std::string architecture;  // Debian's name
    Digest definition;
    std::vector<pkg::Repository> repositories;  // of the packages below
    std::vector<LockedPackage> packages;        // sorted by name
    std::vector<solve::LeftOut> left_out;
};

// What the definition asks of the solver, for one architecture.
[[nodiscard]] Result<solve::Request> make_request(const Definition& definition, const std::string& architecture);

// Definition → Lock: solves, and finds the packages of parts and certificates.
[[nodiscard]] Result<Lock> make_lock(const Definition& definition, const pkg::Universe& universe,
                                     const std::string& architecture);

}  // namespace pith::compose
