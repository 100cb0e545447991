#include "trust/dsse.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "trust/envelope_json.h"

namespace pith::trust {

namespace {

constexpr std::uint64_t most_bytes = 32 * MiB;
constexpr std::size_t most_signatures = 32;

}  // namespace

Bytes pre_authentication_encoding(std::string_view payload_type, ByteView payload) {
    auto out = to_bytes(fmt::format("DSSEv1 {} {} {} ", payload_type.size(), payload_type, payload.size()));
    append(out, payload);
    return out;
}

Result<Envelope> read_envelope(const JsonObject& object) {
    TRY(object.only({"payload", "payloadType", "signatures"}));
    Envelope out;
    out.payload_type = TRY(object.text("payloadType"));
    out.payload = TRY(object.base64("payload"));
    for (const auto& each : TRY(object.objects("signatures", most_signatures))) {
        auto key_id = each.has("keyid") ? TRY(each.text("keyid")) : "";
        auto signature = TRY(each.base64("sig"));
        out.signatures.push_back({std::move(key_id), std::move(signature)});
    }
    if (out.signatures.empty())
        return fail(ErrorCode::format, fmt::format("'{}' holds no signature", object.path_of("signatures")));
    return out;
}

Result<Envelope> read_envelope(std::string_view text) {
    auto json = TRY(parse_json(text, "the envelope", most_bytes));
    return read_envelope(TRY(JsonObject::of(json, "envelope")));
}

Json envelope_json(const Envelope& envelope) {
    auto signatures = Json::array();
    for (const auto& each : envelope.signatures) {
        Json signature = {{"sig", to_base64(each.value)}};
        if (!each.keyid.empty()) signature["keyid"] = each.keyid;
        signatures.push_back(std::move(signature));
    }
    return {{"payload", to_base64(envelope.payload)},
            {"payloadType", envelope.payload_type},
            {"signatures", std::move(signatures)}};
}

std::string write_envelope(const Envelope& envelope) { return dump_json(envelope_json(envelope)); }

Result<Envelope> sign_envelope(std::string payload_type, Bytes payload, const PrivateKey& key) {
    auto signature = TRY(key.sign(pre_authentication_encoding(payload_type, payload)));
    return Envelope{std::move(payload_type), std::move(payload), {{"", std::move(signature)}}};
}

}  // namespace pith::trust
