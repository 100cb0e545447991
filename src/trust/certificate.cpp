#include "trust/certificate.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/text.h"
#include "trust/openssl_chain.h"
#include "trust/owned.h"

namespace pith::trust {

namespace {

constexpr std::size_t most_bytes = 64 * KiB, most_names = 10, most_text = 2 * KiB;
constexpr int most_chain = 8;
constexpr int security_level = 2;  // of OpenSSL: 112 bits, no SHA-1

constexpr const char* issuer_oid = "1.3.6.1.4.1.57264.1.8";
constexpr const char* old_issuer_oid = "1.3.6.1.4.1.57264.1.1";
constexpr const char* other_name_oid = "1.3.6.1.4.1.57264.1.7";

using Object = Owned<ASN1_OBJECT, ASN1_OBJECT_free>;

std::string_view text_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

Result<std::string> bounded(std::string_view text, std::string_view what) {
    if (text.empty() || text.size() > most_text)
        return fail(ErrorCode::format, fmt::format("its {} is empty or longer than 2 KiB", what));
    if (text.find('\0') != std::string_view::npos)
        return fail(ErrorCode::format, fmt::format("its {} has a NUL character", what));
    return std::string(text);
}

// 1970 for a time that is damaged: no chain with it is valid at any time.
Time time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return Time(std::chrono::seconds(timegm(&parts)));
}

// The bytes of an extension that may stand once; nothing where it is missing.
Result<std::optional<std::string_view>> extension(const X509* certificate, const char* oid) {
    Object object(OBJ_txt2obj(oid, 1));
    auto at = X509_get_ext_by_OBJ(certificate, object.get(), -1);
    if (at < 0) return std::nullopt;
    if (X509_get_ext_by_OBJ(certificate, object.get(), at) >= 0)
        return fail(ErrorCode::format, fmt::format("it has the extension {} twice", oid));
    return text_of(X509_EXTENSION_get_data(X509_get_ext(certificate, at)));
}

// A DER UTF8String and nothing behind it.
Result<std::string> utf8_string(std::string_view der, std::string_view what) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const auto* end = at + der.size();
    Owned<ASN1_UTF8STRING, ASN1_UTF8STRING_free> text(d2i_ASN1_UTF8STRING(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!text || at != end) return fail(ErrorCode::format, fmt::format("its {} is not a UTF8String", what));
    return bounded(text_of(text.get()), what);
}

bool is_fulcio_name(const OTHERNAME* name) {
    Object wanted(OBJ_txt2obj(other_name_oid, 1));
    return OBJ_cmp(name->type_id, wanted.get()) == 0 && name->value->type == V_ASN1_UTF8STRING;
}

}  // namespace

Result<Certificate> Certificate::from_der(ByteView der) {
    if (der.size() > most_bytes) return fail(ErrorCode::limit, "a certificate is larger than 64 KiB");
    const auto* at = chars(der);
    std::shared_ptr<X509> handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
    ERR_clear_error();
    if (!handle || at != chars(der) + der.size())
        return fail(ErrorCode::format, "a certificate is not X.509 in DER, or it is damaged");
    return Certificate(std::move(handle), Bytes(der.begin(), der.end()));
}

Validity Certificate::validity() const {
    return {time_of(X509_get0_notBefore(m_handle.get())), time_of(X509_get0_notAfter(m_handle.get()))};
}

Result<PublicKey> Certificate::public_key() const {
    auto key = context(PublicKey::from_handle({X509_get_pubkey(m_handle.get()), EVP_PKEY_free}), "a certificate's key");
    ERR_clear_error();
    return key;
}

bool Certificate::is_authority() const { return X509_check_ca(m_handle.get()) == 1; }

bool Certificate::is_self_signed() const { return X509_check_issued(m_handle.get(), m_handle.get()) == X509_V_OK; }

bool Certificate::signs_code() const {
    auto usage = X509_get_extended_key_usage(m_handle.get());
    return usage != UINT32_MAX && (usage & XKU_CODE_SIGN) != 0;
}

Result<std::vector<std::string>> Certificate::identities() const {
    int found = 0;
    Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(m_handle.get(), NID_subject_alt_name, &found, nullptr)));
    ERR_clear_error();
    if (!names && found != -1)
        return fail(ErrorCode::format, "its subject's alternative names are damaged, or stand twice");
    std::vector<std::string> out;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names.get(), i);
        if (out.size() == most_names) return fail(ErrorCode::limit, "it speaks for more than 10 names");
        if (name->type == GEN_URI || name->type == GEN_EMAIL)
            out.push_back(TRY(bounded(text_of(name->d.ia5), "subject's name")));
        if (name->type == GEN_OTHERNAME && is_fulcio_name(name->d.otherName))
            out.push_back(TRY(bounded(text_of(name->d.otherName->value->value.utf8string), "subject's name")));
    }
    return out;
}

Result<std::string> Certificate::issuer_claim() const {
    if (auto der = TRY(extension(m_handle.get(), issuer_oid))) return utf8_string(*der, "issuer extension");
    if (auto text = TRY(extension(m_handle.get(), old_issuer_oid))) return bounded(*text, "issuer extension");
    return std::string();
}

Result<Certificate> issuer_of(const Certificate& leaf, const Chain& between, const Chain& authority, Time time) {
    OpensslChain chain(authority);
    chain.add_between(between);
    auto* parameters = X509_STORE_get0_param(chain.store());
    set_time(parameters, time);
    X509_VERIFY_PARAM_set_depth(parameters, most_chain);
    X509_VERIFY_PARAM_set_auth_level(parameters, security_level);
    Owned<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
    if (!context || X509_STORE_CTX_init(context.get(), chain.store(), leaf.handle(), chain.between()) != 1)
        return fail(ErrorCode::internal, "OpenSSL could not begin to verify a chain");
    auto verified = X509_verify_cert(context.get()) == 1;
    auto reason = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (!verified)
        return fail(ErrorCode::integrity, fmt::format("the certificate is not one of this authority at {}: {}",
                                                      to_text(time), X509_verify_cert_error_string(reason)));
    auto* verified_chain = X509_STORE_CTX_get0_chain(context.get());
    if (sk_X509_num(verified_chain) < 2)
        return fail(ErrorCode::integrity, "the certificate is the authority's root itself");
    Owned<unsigned char, [](unsigned char* bytes) { OPENSSL_free(bytes); }> der;
    unsigned char* bytes = nullptr;
    auto size = i2d_X509(sk_X509_value(verified_chain, 1), &bytes);
    der.reset(bytes);
    return Certificate::from_der(
        {reinterpret_cast<const std::byte*>(bytes), static_cast<std::size_t>(std::max(size, 0))});
}

}  // namespace pith::trust
