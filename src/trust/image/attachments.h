// What is attached to an image as a signature or an attestation, of either format, as bundles. Nothing of it is
// verified here, and no annotation is believed: a signature is one when it holds.
//
// Limits: 1,000 referrers, 1,000 attachments, 128 MiB of them; what is beyond is named among the unreadable.
// Thread-safety: as the repository.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oci/repository.h"
#include "trust/bundle.h"
#include "trust/image/formats.h"

namespace pith::trust {

struct Attachment {
    std::string place;  // "the bundle sha256:…", "layer 2 of the tag sha256-….sig": for people
    Bundle bundle;
    std::optional<std::string> payload;  // of an older signature: what is signed, a simple signing payload
    bool under_tag = false;              // in the older format
};

struct Attachments {
    std::vector<Attachment> found;
    std::vector<std::string> unreadable;  // "PLACE: WHY"
};

// Errors: of the repository. What cannot be read is no error, for anybody may attach it.
[[nodiscard]] Result<Attachments> attachments_of(oci::Repository& repository, const Digest& image, Attached kind);

}  // namespace pith::trust
