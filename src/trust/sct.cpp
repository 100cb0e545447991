#include "trust/sct.h"

#include <fmt/format.h>
#include <openssl/ct.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "trust/owned.h"

namespace pith::trust {

namespace {

constexpr int most_scts = 32;

template <class Number>
void put(Bytes& out, Number value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

ByteView view(const unsigned char* data, std::size_t size) { return {reinterpret_cast<const std::byte*>(data), size}; }

// The certificate as the log saw it: without the list of timestamps.
Result<Bytes> precertificate(const Certificate& leaf) {
    Owned<X509, X509_free> copy(X509_dup(leaf.handle()));
    auto at = copy ? X509_get_ext_by_NID(copy.get(), NID_ct_precert_scts, -1) : -1;
    Owned<X509_EXTENSION, X509_EXTENSION_free> removed(at < 0 ? nullptr : X509_delete_ext(copy.get(), at));
    unsigned char* der = nullptr;
    auto size = removed ? i2d_re_X509_tbs(copy.get(), &der) : -1;
    Owned<unsigned char, [](unsigned char* bytes) { OPENSSL_free(bytes); }> owner(der);
    if (size <= 0 || size >= 1 << 24) return fail(ErrorCode::format, "the certificate cannot be written again");
    auto bytes = view(der, static_cast<std::size_t>(size));
    return Bytes(bytes.begin(), bytes.end());
}

Bytes signed_structure(const SCT* sct, const Bytes& tbs, const Digest& issuer_key) {
    constexpr int version_1 = 0, certificate_timestamp = 0, precert_entry = 1;
    unsigned char* extensions = nullptr;
    auto extensions_size = SCT_get0_extensions(sct, &extensions);
    Bytes out;
    put(out, version_1, 1);
    put(out, certificate_timestamp, 1);
    put(out, SCT_get_timestamp(sct), 8);
    put(out, precert_entry, 2);
    append(out, issuer_key.value);
    put(out, tbs.size(), 3);
    append(out, tbs);
    put(out, extensions_size, 2);
    append(out, view(extensions, extensions_size));
    return out;
}

bool holds(const SCT* sct, const Log& log, const Bytes& tbs, const Digest& issuer_key) {
    unsigned char* id = nullptr;
    auto id_size = SCT_get0_log_id(sct, &id);
    if (!std::ranges::equal(view(id, id_size), log.id)) return false;
    if (SCT_get_timestamp(sct) > static_cast<std::uint64_t>(Time::max().time_since_epoch().count())) return false;
    if (!log.valid.contains(Time(std::chrono::milliseconds(SCT_get_timestamp(sct))))) return false;
    unsigned char* signature = nullptr;
    auto signature_size = SCT_get0_signature(sct, &signature);
    return log.key.verify(signed_structure(sct, tbs, issuer_key), view(signature, signature_size)).has_value();
}

}  // namespace

Result<std::string> verify_embedded_sct(const Certificate& leaf, const Certificate& issuer,
                                        const std::vector<Log>& logs) {
    Owned<STACK_OF(SCT), SCT_LIST_free> scts(
        static_cast<STACK_OF(SCT)*>(X509_get_ext_d2i(leaf.handle(), NID_ct_precert_scts, nullptr, nullptr)));
    ERR_clear_error();
    if (!scts)
        return fail(ErrorCode::integrity,
                    "the certificate has no readable signed certificate timestamp: no log saw it");
    if (sk_SCT_num(scts.get()) > most_scts)
        return fail(ErrorCode::limit, fmt::format("the certificate has more than {} signed timestamps", most_scts));
    auto tbs = TRY(precertificate(leaf));
    auto issuer_key = TRY(issuer.public_key()).id();
    for (int i = 0; i < sk_SCT_num(scts.get()); ++i) {
        const auto* sct = sk_SCT_value(scts.get(), i);
        if (SCT_get_version(sct) != SCT_VERSION_V1) continue;
        for (const auto& log : logs)
            if (holds(sct, log, tbs, issuer_key)) return log.host;
    }
    return fail(ErrorCode::integrity,
                "no signed certificate timestamp of the certificate is by a log of the trusted root "
                "that was valid then");
}

}  // namespace pith::trust
