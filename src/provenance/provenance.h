// What an image was built from, as SLSA provenance, and back: whoever has it and the packages that it names builds the
// same image.
//
// The definition, resolved, is what the user chose (externalParameters); the lock is what followed from it
// (internalParameters); resolvedDependencies names each package, the signed state of each repository and each file from
// a URL by its digest. No clock, host or mirror is in it, so the same build gives the same bytes.
// Source: SLSA 1.0, "Provenance" (predicate type https://slsa.dev/provenance/v1). Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compose/definition/resolved.h"
#include "compose/lock/lock_file.h"

namespace pith::provenance {

constexpr std::string_view build_type = "urn:pith:build:1";
constexpr std::string_view unnamed_builder = "urn:pith:builder:unnamed";

struct Provenance {
    compose::ResolvedDefinition definition;
    compose::LockFile lock;  // of the platforms that the image is of
    std::optional<std::int64_t> source_date_epoch;
    struct FetchedFile {
        std::string url;
        Digest sha256;
        bool operator==(const FetchedFile&) const = default;
    };
    std::vector<FetchedFile> fetched;  // in the definition's order
    std::string builder;               // a URI: who vouches for how it was built
    std::string version;               // of pith
};

// The predicate, as JSON.
[[nodiscard]] std::string to_slsa(const Provenance& provenance);

// What is needed to build again; `fetched` stays empty. Errors, with the place as a JSON pointer: unsupported for what
// another program built; format and limit as parse_lock_file(), and for files that are no base64.
[[nodiscard]] Result<Provenance> from_slsa(std::string_view predicate);

}  // namespace pith::provenance
