#include "trust/bundle.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "trust/envelope_json.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_entries = 32, most_timestamps = 32, most_certificates = 10, most_hashes = 64;

struct MediaType {
    std::string_view name;
    int minor_version;
};
constexpr MediaType media_types[] = {
    {"application/vnd.dev.sigstore.bundle+json;version=0.1", 1},
    {"application/vnd.dev.sigstore.bundle+json;version=0.2", 2},
    {"application/vnd.dev.sigstore.bundle+json;version=0.3", 3},
    {bundle_media_type, 3},
};

Result<int> read_version(const JsonObject& document) {
    auto name = TRY(document.text("mediaType"));
    for (const auto& each : media_types)
        if (each.name == name) return each.minor_version;
    return fail(ErrorCode::unsupported,
                fmt::format("its media type '{}' is not that of a sigstore bundle of version 0.1, 0.2 or 0.3",
                            printable(name)));
}

Result<InclusionProof> read_proof(const JsonObject& object) {
    TRY(object.only({"logIndex", "rootHash", "treeSize", "hashes", "checkpoint"}));
    InclusionProof out;
    out.index = TRY(object.number("logIndex"));
    out.tree_size = TRY(object.number("treeSize"));
    out.root_hash = TRY(object.base64("rootHash"));
    out.hashes = TRY(object.base64_list("hashes", most_hashes));
    if (object.has("checkpoint")) out.checkpoint = TRY(TRY(object.object("checkpoint")).text("envelope"));
    return out;
}

Result<LogEntry> read_entry(const JsonObject& object, int minor_version) {
    TRY(object.only({"logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise", "inclusionProof",
                     "canonicalizedBody"}));
    LogEntry out;
    out.index = TRY(object.number("logIndex"));
    out.log_id = TRY(TRY(object.object("logId")).base64("keyId"));
    auto kind = TRY(object.object("kindVersion"));
    out.kind = TRY(kind.text("kind"));
    out.version = TRY(kind.text("version"));
    if (auto time = TRY(object.time("integratedTime")); time != Time()) out.integrated_time = time;
    if (object.has("inclusionPromise"))
        out.signed_entry_timestamp = TRY(TRY(object.object("inclusionPromise")).base64("signedEntryTimestamp"));
    if (object.has("inclusionProof")) out.proof = TRY(read_proof(TRY(object.object("inclusionProof"))));
    out.body = TRY(object.base64("canonicalizedBody"));

    if (minor_version == 1 && out.signed_entry_timestamp.empty())
        return fail(ErrorCode::format, "a log entry of a bundle of version 0.1 has no signed entry timestamp");
    if (minor_version > 1 && (!out.proof || out.proof->checkpoint.empty()))
        return fail(ErrorCode::format,
                    fmt::format("a log entry of a bundle of version 0.{} has no inclusion proof with a "
                                "checkpoint",
                                minor_version));
    return out;
}

// One of three: a chain up to version 0.2, one certificate from 0.3 on, or the hint of a key.
Result<> read_signer(const JsonObject& material, Bundle& out) {
    auto count = material.has("publicKey") + material.has("certificate") + material.has("x509CertificateChain");
    if (count != 1)
        return fail(ErrorCode::format,
                    fmt::format("'verificationMaterial' should have one of publicKey, certificate and "
                                "x509CertificateChain, but has {}",
                                count));
    if (material.has("publicKey")) {
        auto key = TRY(material.object("publicKey"));
        if (key.has("hint")) out.key_hint = TRY(key.text("hint"));
        return {};
    }
    if (material.has("certificate") != (out.minor_version >= 3))
        return fail(ErrorCode::format, fmt::format("a bundle of version 0.{} should have {}", out.minor_version,
                                                   out.minor_version >= 3 ? "one 'certificate' and no chain"
                                                                          : "an 'x509CertificateChain'"));
    if (material.has("certificate")) {
        out.certificates.push_back(TRY(TRY(material.object("certificate")).base64("rawBytes")));
        return {};
    }
    auto chain = TRY(material.object("x509CertificateChain"));
    for (const auto& each : TRY(chain.objects("certificates", most_certificates)))
        out.certificates.push_back(TRY(each.base64("rawBytes")));
    if (out.certificates.empty()) return fail(ErrorCode::format, "its chain of certificates is empty");
    return {};
}

Result<> read_material(const JsonObject& material, Bundle& out) {
    TRY(material.only(
        {"publicKey", "certificate", "x509CertificateChain", "tlogEntries", "timestampVerificationData"}));
    TRY(read_signer(material, out));
    for (const auto& each : TRY(material.objects("tlogEntries", most_entries)))
        out.log_entries.push_back(TRY(read_entry(each, out.minor_version)));
    if (!material.has("timestampVerificationData")) return {};
    auto data = TRY(material.object("timestampVerificationData"));
    for (const auto& each : TRY(data.objects("rfc3161Timestamps", most_timestamps)))
        out.timestamps.push_back(TRY(each.base64("signedTimestamp")));
    return {};
}

Result<MessageSignature> read_message_signature(const JsonObject& object) {
    TRY(object.only({"messageDigest", "signature"}));
    MessageSignature out;
    out.signature = TRY(object.base64("signature"));
    if (!object.has("messageDigest")) return out;
    auto digest = TRY(object.object("messageDigest"));
    out.digest_algorithm = TRY(digest.text("algorithm"));
    out.digest = TRY(digest.base64("digest"));
    return out;
}

}  // namespace

const Bytes& Bundle::signature() const {
    if (const auto* envelope = std::get_if<Envelope>(&content)) return envelope->signatures.front().value;
    return std::get<MessageSignature>(content).signature;
}

Result<Bundle> read_bundle(std::string_view text) {
    auto json = TRY(parse_json(text, "the bundle", most_bundle));
    auto document = TRY(JsonObject::of(json, "bundle"));
    Bundle out;
    out.minor_version = TRY(read_version(document));
    TRY(document.only({"mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope"}));
    TRY(read_material(TRY(document.object("verificationMaterial")), out));
    if (document.has("messageSignature") == document.has("dsseEnvelope"))
        return fail(ErrorCode::format, "it should have either a 'messageSignature' or a 'dsseEnvelope'");
    if (document.has("messageSignature")) {
        out.content = TRY(read_message_signature(TRY(document.object("messageSignature"))));
        return out;
    }
    auto envelope = TRY(read_envelope(TRY(document.object("dsseEnvelope"))));
    if (envelope.signatures.size() != 1)
        return fail(ErrorCode::format,
                    fmt::format("its envelope should have one signature, but has {}", envelope.signatures.size()));
    out.content = std::move(envelope);
    return out;
}

}  // namespace pith::trust
