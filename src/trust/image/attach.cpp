#include "trust/image/attach.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "trust/image/tagged_manifest.h"
#include "trust/image/verify_image.h"
#include "trust/json.h"
#include "trust/simple_signing.h"
#include "trust/statement.h"
#include "trust/write_bundle.h"

namespace pith::trust {

namespace {

Json descriptor_json(const oci::Descriptor& descriptor) {
    return {{"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
}

// The manifest that attaches a bundle (cosign, specs/BUNDLE_SPEC.md; image-spec 1.1, "Guidelines for artifact usage").
Result<Digest> attach_bundle(oci::Repository& repository, const oci::Descriptor& image, const std::string& bundle,
                             const std::string& predicate_type, Time now) {
    if (bundle.size() > most_bundle)
        return fail(ErrorCode::limit, fmt::format("a bundle of it would be larger than {}, and nobody could read it",
                                                  human_size(most_bundle)));
    auto config = TRY(repository.push_blob(oci::empty_config, oci::empty_config_type));
    auto layer = TRY(repository.push_blob(bundle, bundle_media_type));
    auto text = dump_json({{"schemaVersion", 2},
                           {"mediaType", oci::media_type::manifest},
                           {"artifactType", bundle_media_type},
                           {"config", descriptor_json(config)},
                           {"layers", {descriptor_json(layer)}},
                           {"subject", descriptor_json(image)},
                           {"annotations",
                            {{"dev.sigstore.bundle.content", "dsse-envelope"},
                             {"dev.sigstore.bundle.predicateType", predicate_type},
                             {"org.opencontainers.image.created", to_text(now)}}}});
    return TRY(repository.push_manifest(text)).digest;
}

Result<Envelope> sign_statement(const oci::Descriptor& image, const std::string& predicate_type, std::string predicate,
                                const PrivateKey& key) {
    Statement statement{{Subject::of("", image.digest)}, predicate_type, std::move(predicate)};
    auto text = TRY(write_statement(statement));
    auto bytes = as_bytes(text);
    return sign_envelope(std::string(in_toto_payload_type), Bytes(bytes.begin(), bytes.end()), key);
}

Result<Digest> attach_simple_signing(oci::Repository& repository, const oci::Descriptor& image, const PrivateKey& key,
                                     const std::string& reference) {
    auto payload = write_simple_signing({reference, image.digest});
    auto signature = TRY(key.sign(as_bytes(payload)));
    TaggedLayer layer{TRY(repository.push_blob(payload, cosign::signature_layer)),
                      {{std::string(cosign::signature_annotation), to_base64(signature)}}};
    return TRY(append_tagged(repository, cosign::tag_of(image.digest, Attached::signature), std::move(layer))).digest;
}

Result<Digest> attach_envelope(oci::Repository& repository, const oci::Descriptor& image, const Envelope& envelope,
                               const std::string& predicate_type) {
    TaggedLayer layer{TRY(repository.push_blob(write_envelope(envelope), cosign::attestation_layer)),
                      {{std::string(cosign::signature_annotation), ""}, {"predicateType", predicate_type}}};
    return TRY(append_tagged(repository, cosign::tag_of(image.digest, Attached::attestation), std::move(layer))).digest;
}

// Nothing holds where there is nothing.
Result<VerifiedImage> held(Result<VerifiedImage> verified) {
    if (!verified && verified.error().code == ErrorCode::integrity) return VerifiedImage{};
    return verified;
}

}  // namespace

bool Standing::has(const std::string& predicate_type, const std::string& predicate) const {
    auto json = parse_json(predicate, "the predicate", most_statement);
    return json && attested.contains({predicate_type, dump_json(*json)});
}

Result<Standing> standing_of(oci::Repository& repository, const Digest& image, const PrivateKey& key,
                             const AttachOptions& options) {
    Policy policy{KeyRing{{{"", key.public_key(), {}}}}, nullptr, options.now};
    struct Formats {
        bool bundle = false, tag = false;
    };
    Formats signed_in;
    std::map<std::pair<std::string, std::string>, Formats> attested_in;
    auto note = [](Formats& formats, const VerifiedAttachment& each) {
        (each.under_tag ? formats.tag : formats.bundle) = true;
    };
    auto complete = [&](const Formats& formats) { return formats.bundle && (formats.tag || !options.with_tag); };
    for (const auto& each : TRY(held(verify_image(repository, image, policy))).held) note(signed_in, each);
    for (const auto& each : TRY(held(verify_attestations(repository, image, "", policy))).held)
        note(attested_in[{each.verified.statement->predicate_type, each.verified.statement->predicate}], each);
    Standing out{complete(signed_in)};
    for (auto& [statement, formats] : attested_in)
        if (complete(formats)) out.attested.insert(statement);
    return out;
}

Result<std::vector<Digest>> sign_image(oci::Repository& repository, const oci::Descriptor& image, const PrivateKey& key,
                                       const AttachOptions& options) {
    std::string type(cosign::signature_predicate);
    auto envelope = TRY(sign_statement(image, type, "{}", key));
    std::vector<Digest> out = {
        TRY(attach_bundle(repository, image, write_bundle(envelope, key.public_key()), type, options.now))};
    if (options.with_tag) out.push_back(TRY(attach_simple_signing(repository, image, key, options.reference)));
    return out;
}

Result<std::vector<Digest>> attest_image(oci::Repository& repository, const oci::Descriptor& image,
                                         const std::string& predicate_type, std::string predicate,
                                         const PrivateKey& key, const AttachOptions& options) {
    auto envelope = TRY(sign_statement(image, predicate_type, std::move(predicate), key));
    std::vector<Digest> out = {
        TRY(attach_bundle(repository, image, write_bundle(envelope, key.public_key()), predicate_type, options.now))};
    if (options.with_tag) out.push_back(TRY(attach_envelope(repository, image, envelope, predicate_type)));
    return out;
}

}  // namespace pith::trust
