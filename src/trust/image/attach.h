// Signs images and attests what is known of them, and attaches that to the image in its repository.
//
// A signature is a statement that the image was signed, an attestation one with a predicate; both are attached as
// bundles of version 0.3, whose manifests have the image as their subject. The older format under a tag comes beside
// them, behind what the tag has already. Nothing of the image changes. Thread-safety: as the repository.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "oci/repository.h"
#include "trust/image/formats.h"
#include "trust/key.h"
#include "trust/time.h"

namespace pith::trust {

struct AttachOptions {
    bool with_tag = true;   // the older format as well
    std::string reference;  // how the image is called, for older signatures; nobody need believe it
    Time now;               // stands in the bundle's manifest
};

// What was written, by digest: the manifest of the bundle, then that under the tag.
[[nodiscard]] Result<std::vector<Digest>> sign_image(oci::Repository& repository, const oci::Descriptor& image,
                                                     const PrivateKey& key, const AttachOptions& options);

// What the holder of a key has attached to an image already, in each format that the options ask for.
struct Standing {
    bool is_signed = false;
    std::set<std::pair<std::string, std::string>> attested{};  // type, and predicate as it is read

    [[nodiscard]] bool has(const std::string& predicate_type, const std::string& predicate) const;
};
[[nodiscard]] Result<Standing> standing_of(oci::Repository& repository, const Digest& image, const PrivateKey& key,
                                           const AttachOptions& options);

// `predicate` is a JSON object. Errors: format if it is not; limit (a bundle of 32 MiB).
[[nodiscard]] Result<std::vector<Digest>> attest_image(oci::Repository& repository, const oci::Descriptor& image,
                                                       const std::string& predicate_type, std::string predicate,
                                                       const PrivateKey& key, const AttachOptions& options);

}  // namespace pith::trust
