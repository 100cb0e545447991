// Step 2 of opening repositories: is a Release file signed by a key that counts, of the suite that was asked for,
// and of today? Only text that is signed is read.
//
// A verdict on a signature is kept in the cache, under the digests of the file and of each keyring, with the time
// it holds for: opening Debian's keyring takes longer than everything else in a second start.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "base/cache.h"
#include "pkg/deb/openpgp.h"
#include "pkg/deb/release.h"
#include "pkg/deb/release_fetch.h"

namespace pith::pkg::deb {

struct TrustOptions {
    Time now{};
    // For sources that name no key themselves; if there are none, those of the distributions' archives that
    // `keyring_folder` holds.
    std::vector<std::filesystem::path> keyrings{};
    std::filesystem::path keyring_folder = "/usr/share/keyrings";
};

struct TrustedRelease {
    Release release;
    Digest digest;                    // of the signed file
    std::string fingerprint;          // of the key that signed it; empty for a source that needs no signature
    std::vector<std::string> waived;  // checks that the source's settings switch off, in words
};

// Belongs to one thread.
class ReleaseJudge {
public:
    ReleaseJudge(const TrustOptions& options, const Cache& cache) : m_options(options), m_cache(cache) {}

    // Errors: integrity, format, limit; not_found if there is no keyring to judge by.
    [[nodiscard]] Result<TrustedRelease> judge(const Source& source, const ReleaseBytes& bytes);

private:
    struct Ring {
        Keyring keyring;
        std::string digests;  // of its files
        std::optional<Verifier> verifier{};
    };
    [[nodiscard]] Result<Ring*> ring_of(const Source& source);
    [[nodiscard]] Result<Signed> verify(Ring& ring, const ReleaseBytes& bytes, std::string_view name);

    TrustOptions m_options;
    const Cache& m_cache;
    std::map<std::string, Ring> m_rings;  // by the files and key that make them
};

}  // namespace pith::pkg::deb
