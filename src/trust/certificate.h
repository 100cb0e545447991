// X.509 certificates, as far as keyless signatures need them: whom a certificate of Fulcio speaks for, and whether a
// chain leads to a trusted root at a point in time.
//
// Source: RFC 5280; sigstore/fulcio, docs/oid-info.md: the issuer of the identity is 1.3.6.1.4.1.57264.1.8 (a DER
// UTF8String), formerly .1 (the bare text); an identity that is neither URI nor e-mail is an otherName of type .7.
// Limits: 64 KiB, 10 names, 2 KiB each. Thread-safe: certificates do not change; copies share one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "trust/key.h"
#include "trust/time.h"

struct x509_st;  // of OpenSSL

namespace pith::trust {

class Certificate {
public:
    // All of the bytes. Errors: format, limit.
    [[nodiscard]] static Result<Certificate> from_der(ByteView der);

    [[nodiscard]] const Bytes& der() const { return m_der; }
    [[nodiscard]] Validity validity() const;
    [[nodiscard]] Result<PublicKey> public_key() const;
    [[nodiscard]] bool is_authority() const;    // may it sign certificates?
    [[nodiscard]] bool is_self_signed() const;  // by its names and key identifiers
    [[nodiscard]] bool signs_code() const;      // extended key usage; of a certificate without one: no

    // Whom it speaks for (URI, e-mail or otherName of the subject's alternative names), and who vouches for that; empty
    // where it does not say. Errors: format for an extension that is damaged or stands twice.
    [[nodiscard]] Result<std::vector<std::string>> identities() const;
    [[nodiscard]] Result<std::string> issuer_claim() const;

    [[nodiscard]] x509_st* handle() const { return m_handle.get(); }

private:
    Certificate(std::shared_ptr<x509_st> handle, Bytes der) : m_handle(std::move(handle)), m_der(std::move(der)) {}
    std::shared_ptr<x509_st> m_handle;
    Bytes m_der;
};

// Certificates of an authority, as a trusted root lists them: the root last, before it those between, perhaps one that
// is no authority itself first.
using Chain = std::vector<Certificate>;

// The certificate that issued `leaf`, if a chain leads over `between` and the authority's own certificates to its root,
// all of them valid at `time`. At most 8 certificates; SHA-1 and keys weaker than 112 bits prove nothing.
// Errors: integrity, with OpenSSL's reason.
[[nodiscard]] Result<Certificate> issuer_of(const Certificate& leaf, const Chain& between, const Chain& authority,
                                            Time time);

}  // namespace pith::trust
