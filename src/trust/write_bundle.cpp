#include "trust/write_bundle.h"

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "trust/envelope_json.h"

namespace pith::trust {

namespace {

std::string write(std::string_view field, Json content, const PublicKey& key) {
    return dump_json({{"mediaType", bundle_media_type},
                      {"verificationMaterial", {{"publicKey", {{"hint", key.hint()}}}}},
                      {field, std::move(content)}});
}

}  // namespace

Result<MessageSignature> sign_message(ByteView message, const PrivateKey& key) {
    auto digest = sha256(message);
    auto signature = TRY(key.sign(message));
    return MessageSignature{"SHA2_256", Bytes(digest.value.begin(), digest.value.end()), std::move(signature)};
}

std::string write_bundle(const Envelope& envelope, const PublicKey& key) {
    return write("dsseEnvelope", envelope_json(envelope), key);
}

std::string write_bundle(const MessageSignature& signature, const PublicKey& key) {
    return write(
        "messageSignature",
        {{"messageDigest", {{"algorithm", signature.digest_algorithm}, {"digest", to_base64(signature.digest)}}},
         {"signature", to_base64(signature.signature)}},
        key);
}

}  // namespace pith::trust
