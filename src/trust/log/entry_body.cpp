#include "trust/log/entry_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "trust/json.h"
#include "trust/pem.h"

namespace pith::trust {

namespace {

constexpr std::uint64_t most_bytes = 32 * MiB;  // an intoto entry may hold the whole envelope

std::unexpected<Error> differs(std::string_view what) {
    return fail(ErrorCode::integrity, fmt::format("the log entry has another {} than the bundle", what));
}

Result<> same_signature(ByteView logged, const SignedContent& content) {
    if (!std::ranges::equal(logged, content.bundle.signature())) return differs("signature");
    return {};
}

// As the entries of Rekor's first version have it: base64 of PEM.
Result<> same_signer_pem(const JsonObject& object, std::string_view field, const SignedContent& content) {
    auto pem = TRY(context(read_pem(as_text(TRY(object.base64(field)))), object.path_of(field)));
    if (pem.label != content.label || !std::ranges::equal(pem.content.bytes(), content.signer))
        return differs("key or certificate");
    return {};
}

Result<Hash> hash_in(const JsonObject& object) {
    auto name = TRY(object.text("algorithm"));
    auto hash = hash_named(name);
    if (!hash)
        return fail(
            ErrorCode::unsupported,
            fmt::format("the log entry's hash '{}' is not one of SHA-256, SHA-384 and SHA-512", printable(name)));
    return *hash;
}

// {"algorithm":"sha256","value":HEX}
Result<> same_hex(const JsonObject& object, const Artifact& of) {
    auto digest = TRY(of.hash(TRY(hash_in(object))));
    if (TRY(object.text("value")) != to_hex(digest)) return differs("content");
    return {};
}

Result<> check_hashedrekord_1(const JsonObject& spec, const SignedContent& content) {
    TRY(same_hex(TRY(TRY(spec.object("data")).object("hash")), content.message));
    auto signature = TRY(spec.object("signature"));
    TRY(same_signature(TRY(signature.base64("content")), content));
    return same_signer_pem(TRY(signature.object("publicKey")), "content", content);
}

Result<> check_hashedrekord_2(const JsonObject& spec, const SignedContent& content) {
    auto record = TRY(spec.object("hashedRekordV002"));
    auto data = TRY(record.object("data"));
    if (TRY(data.base64("digest")) != TRY(content.message.hash(TRY(hash_in(data))))) return differs("content");
    auto signature = TRY(record.object("signature"));
    TRY(same_signature(TRY(signature.base64("content")), content));
    auto verifier = TRY(signature.object("verifier"));
    auto signer = TRY(verifier.object(content.label == "CERTIFICATE" ? "x509Certificate" : "publicKey"));
    if (TRY(signer.base64("rawBytes")) != content.signer) return differs("key or certificate");
    return {};
}

Result<const Envelope*> envelope_of(const SignedContent& content) {
    const auto* envelope = std::get_if<Envelope>(&content.bundle.content);
    if (!envelope) return fail(ErrorCode::integrity, "the log entry is about an envelope, but the bundle has none");
    return envelope;
}

Result<JsonObject> only_signature(const JsonObject& object) {
    auto signatures = TRY(object.objects("signatures", 1));
    if (signatures.empty()) return fail(ErrorCode::format, "the log entry has no signature");
    return signatures[0];
}

Result<> check_dsse(const JsonObject& spec, const SignedContent& content) {
    const auto* envelope = TRY(envelope_of(content));
    TRY(same_hex(TRY(spec.object("payloadHash")), Artifact::of(envelope->payload)));
    auto signature = TRY(only_signature(spec));
    TRY(same_signature(TRY(signature.base64("signature")), content));
    return same_signer_pem(signature, "verifier", content);
}

Result<> check_intoto(const JsonObject& spec, const SignedContent& content) {
    const auto* envelope = TRY(envelope_of(content));
    auto recorded = TRY(spec.object("content"));
    TRY(same_hex(TRY(recorded.object("payloadHash")), Artifact::of(envelope->payload)));
    auto logged = TRY(recorded.object("envelope"));
    if (TRY(logged.text("payloadType")) != envelope->payload_type) return differs("payload type");
    auto signature = TRY(only_signature(logged));
    // The signature is base64 twice.
    auto value = from_base64(as_text(TRY(signature.base64("sig"))));
    if (!value) return fail(ErrorCode::format, "the log entry's signature is not base64");
    TRY(same_signature(*value, content));
    return same_signer_pem(signature, "publicKey", content);
}

struct Kind {
    std::string_view kind, version;
    Result<> (*check)(const JsonObject& spec, const SignedContent& content);
};
constexpr Kind kinds[] = {
    {"hashedrekord", "0.0.1", check_hashedrekord_1},
    {"hashedrekord", "0.0.2", check_hashedrekord_2},
    {"dsse", "0.0.1", check_dsse},
    {"intoto", "0.0.2", check_intoto},
};

}  // namespace

Result<> check_entry_body(const LogEntry& entry, const SignedContent& content) {
    auto json = TRY(parse_json(as_text(entry.body), "the log entry's body", most_bytes));
    auto body = TRY(JsonObject::of(json, "body"));
    if (TRY(body.text("kind")) != entry.kind || TRY(body.text("apiVersion")) != entry.version) return differs("kind");
    for (const auto& each : kinds)
        if (each.kind == entry.kind && each.version == entry.version)
            return each.check(TRY(body.object("spec")), content);
    return fail(ErrorCode::unsupported, fmt::format("pith does not know log entries of the kind '{} {}'",
                                                    printable(entry.kind), printable(entry.version)));
}

}  // namespace pith::trust
