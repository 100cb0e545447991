#include "trust/timestamp.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>

#include "base/text.h"
#include "trust/artifact.h"
#include "trust/openssl_chain.h"
#include "trust/owned.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_bytes = 64 * KiB;
constexpr long granted = 0, granted_with_modifications = 1;

using Response = Owned<TS_RESP, TS_RESP_free>;

Result<Response> read_response(ByteView bytes) {
    if (bytes.size() > most_bytes) return fail(ErrorCode::limit, "the timestamp is larger than 64 KiB");
    const auto* at = chars(bytes);
    Response response(d2i_TS_RESP(nullptr, &at, static_cast<long>(bytes.size())));
    ERR_clear_error();
    if (!response || at != chars(bytes) + bytes.size() || !TS_RESP_get_token(response.get()) ||
        !TS_RESP_get_tst_info(response.get()))
        return fail(ErrorCode::format, "the timestamp is not an RFC 3161 response, or it is damaged");
    auto status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response.get())));
    if (status != granted && status != granted_with_modifications)
        return fail(ErrorCode::integrity, "the timestamp is a refusal: its authority did not grant it");
    return response;
}

Result<Time> time_of(TS_TST_INFO* info) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1)
        return fail(ErrorCode::format, "the timestamp's time is damaged");
    return Time(std::chrono::seconds(timegm(&parts)));
}

std::optional<Hash> hash_of(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    switch (OBJ_obj2nid(object)) {
        case NID_sha256: return Hash::sha256;
        case NID_sha384: return Hash::sha384;
        case NID_sha512: return Hash::sha512;
        default: return std::nullopt;
    }
}

Result<> check_imprint(TS_TST_INFO* info, ByteView content) {
    auto* imprint = TS_TST_INFO_get_msg_imprint(info);
    auto hash = hash_of(TS_MSG_IMPRINT_get_algo(imprint));
    if (!hash) return fail(ErrorCode::unsupported, "the timestamp's hash is not one of SHA-256, SHA-384 and SHA-512");
    const auto* stamped = TS_MSG_IMPRINT_get_msg(imprint);
    ByteView digest(reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(stamped)),
                    static_cast<std::size_t>(ASN1_STRING_length(stamped)));
    if (!std::ranges::equal(take(*hash, content), digest))
        return fail(ErrorCode::integrity, "the timestamp is over another signature");
    return {};
}

// The signer must be the authority's own certificate where the trusted root names it.
bool made_by(PKCS7* token, const Authority& authority, Time time) {
    OpensslChain chain(authority.chain);
    set_time(X509_STORE_get0_param(chain.store()), time);
    // PKCS7_get0_signers looks among the certificates given first; a chain of one is its own signer.
    Chain last{authority.chain.back()};
    if (authority.chain.size() == 1) chain.add_between(last);
    X509* found = nullptr;
    bool verified = TS_RESP_verify_signature(token, chain.between(), chain.store(), &found) == 1;
    Owned<X509, X509_free> signer(found);
    ERR_clear_error();
    const auto& first = authority.chain.front();
    return verified && signer && (first.is_authority() || X509_cmp(signer.get(), first.handle()) == 0);
}

}  // namespace

Result<Timestamp> verify_timestamp(ByteView bytes, ByteView content, const std::vector<Authority>& authorities) {
    auto response = TRY(read_response(bytes));
    auto* info = TS_RESP_get_tst_info(response.get());
    TRY(check_imprint(info, content));
    auto time = TRY(time_of(info));
    for (const auto& authority : authorities)
        if (authority.valid.contains(time) && made_by(TS_RESP_get_token(response.get()), authority, time))
            return Timestamp{time, authority.name};
    return fail(
        ErrorCode::integrity,
        fmt::format("the timestamp of {} is not by a timestamp authority of the trusted root that was valid then",
                    to_text(time)));
}

}  // namespace pith::trust
