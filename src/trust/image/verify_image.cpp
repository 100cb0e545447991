#include "trust/image/verify_image.h"

#include <fmt/format.h>

#include "base/text.h"
#include "trust/image/attachments.h"
#include "trust/simple_signing.h"

namespace pith::trust {

namespace {

// A signature in the older format is over a payload, and that names the image.
Result<Verified> verify_simple_signing(const Attachment& attachment, const Digest& image, const Policy& policy) {
    auto verified = TRY(verify_bundle(attachment.bundle, Artifact::of(as_bytes(*attachment.payload)), policy));
    auto payload = TRY(read_simple_signing(*attachment.payload));
    if (payload.manifest != image)
        return fail(ErrorCode::integrity, fmt::format("it signs another image, {}", payload.manifest.text()));
    verified.checks.insert(verified.checks.begin(), {"subject", "the digest in the payload"});
    return verified;
}

// Nothing where it is of another kind than is wanted, and so neither holds nor fails.
Result<std::optional<Verified>> verify_one(const Attachment& attachment, const Digest& image, Attached kind,
                                           const std::string& predicate_type, const Policy& policy) {
    if (attachment.payload) return TRY(verify_simple_signing(attachment, image, policy));
    auto verified = TRY(verify_bundle(attachment.bundle, Artifact{image, {}}, policy));
    const auto& statement = verified.statement;
    if (!statement)
        return fail(ErrorCode::unsupported, "it signs the digest itself, which is no statement on an image");
    bool is_signature = statement->predicate_type == cosign::signature_predicate;
    bool wanted = kind == Attached::signature
                      ? is_signature
                      : !is_signature && (predicate_type.empty() || statement->predicate_type == predicate_type);
    if (!wanted) return std::nullopt;
    return verified;
}

Result<VerifiedImage> verify(oci::Repository& repository, const Digest& image, Attached kind,
                             const std::string& predicate_type, const Policy& policy) {
    auto attachments = TRY(attachments_of(repository, image, kind));
    VerifiedImage out;
    std::size_t others = 0;
    for (const auto& attachment : attachments.found) {
        auto verified = verify_one(attachment, image, kind, predicate_type, policy);
        if (!verified)
            out.refused.push_back(attachment.place + ": " + verified.error().text());
        else if (*verified)
            out.held.push_back({attachment.place, std::move(**verified), attachment.under_tag});
        else
            ++others;
    }
    for (auto& each : attachments.unreadable) out.refused.push_back(std::move(each));
    if (!out.held.empty()) return out;
    std::string what = kind == Attached::signature ? "signature" : "attestation";
    if (!predicate_type.empty()) what += fmt::format(" of the type {}", printable(predicate_type));
    auto message = fmt::format("no {} of {} holds", what, image.text());
    if (others > 0)
        message += fmt::format("; {} {} attached, which {} no {}", others, others == 1 ? "other is" : "others are",
                               others == 1 ? "is" : "are", what);
    if (out.refused.empty() && others == 0) message += ": there is none in " + printable(repository.name());
    for (const auto& each : out.refused) message += "\n  " + each;
    return fail(ErrorCode::integrity, std::move(message));
}

}  // namespace

Result<VerifiedImage> verify_image(oci::Repository& repository, const Digest& image, const Policy& policy) {
    return verify(repository, image, Attached::signature, {}, policy);
}

Result<VerifiedImage> verify_attestations(oci::Repository& repository, const Digest& image,
                                          const std::string& predicate_type, const Policy& policy) {
    return verify(repository, image, Attached::attestation, predicate_type, policy);
}

}  // namespace pith::trust
