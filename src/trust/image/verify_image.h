// Is an image signed, and what is attested of it? By a key or an identity, from whatever is attached to it in either
// format. The image is a digest: who has a tag resolves it first, and uses that digest from then on.
//
// One signature that holds suffices. An attestation is no signature: only a statement that says that it is one counts,
// or a simple signing payload. What a signature is about is read from what was signed, never from an annotation.
// Thread-safety: as the repository.
#pragma once

#include <string>
#include <vector>

#include "oci/repository.h"
#include "trust/verify_bundle.h"

namespace pith::trust {

struct VerifiedAttachment {
    std::string place;  // where it is attached
    Verified verified;  // of an attestation with its statement
    bool under_tag;     // in the older format
};

struct VerifiedImage {
    std::vector<VerifiedAttachment> held;  // at least one
    std::vector<std::string> refused;      // "PLACE: WHY" of the others
};

// Errors: integrity, with the reason of each that was looked at, where none holds or there is none; the repository's.
[[nodiscard]] Result<VerifiedImage> verify_image(oci::Repository& repository, const Digest& image,
                                                 const Policy& policy);

// Attestations with this type of predicate; of any type but that of signatures where it is empty.
[[nodiscard]] Result<VerifiedImage> verify_attestations(oci::Repository& repository, const Digest& image,
                                                        const std::string& predicate_type, const Policy& policy);

}  // namespace pith::trust
