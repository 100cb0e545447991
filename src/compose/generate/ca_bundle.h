// The bundle of trusted certificates, and what else update-ca-certificates makes of them on a first
// installation with every certificate trusted.
//
// Source: update-ca-certificates(8) and the postinst of Debian's ca-certificates (20230311 to 20250419);
// openssl-rehash(1) for the hash links.
// Limits: a file of certificates is at most 1 MiB, 4096 files in all.
// Thread-safety: a function without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace pith::compose {

// A file of certificates in PEM: of a package its path below /usr/share/ca-certificates
// ("mozilla/ISRG_Root_X1.crt"), of a definition a plain name ("corporate").
struct CertificateFile {
    std::string name, content;
};

struct CaBundle {
    struct Link {
        std::string name, target;  // the link's name in /etc/ssl/certs
        bool operator==(const Link&) const = default;
    };

    struct Certificate {
        std::string name;             // of the link in /etc/ssl/certs: "ISRG_Root_X1.pem"
        Bytes der;                    // the first certificate of the file
        std::int64_t valid_from = 0;  // seconds since 1970
    };

    std::string bundle;  // /etc/ssl/certs/ca-certificates.crt
    std::string conf;    // /etc/ca-certificates.conf

    // What /etc/ssl/certs holds beside the bundle, sorted by name: NAME.pem, and SUBJECT-HASH.N for every
    // file of one certificate, N counting from 0 in the order of names. For images that hold the
    // certificates as files: the packages' where they ship them, the definition's own as NAME.crt in
    // own_certificates_folder.
    std::vector<Link> links;
    std::vector<Certificate> certificates;  // one a file, sorted by name: for keystores of other forms
};

inline constexpr std::string_view packaged_certificates_folder = "/usr/share/ca-certificates";
inline constexpr std::string_view own_certificates_folder = "/usr/local/share/ca-certificates";  // as NAME.crt

// The packages' certificates in the order of their names' bytes, then the definition's own, likewise.
// `format` errors name the file that holds no certificate, a broken one, or something else such as a
// private key; `usage` errors name an own certificate whose name cannot be a file's.
[[nodiscard]] Result<CaBundle> make_ca_bundle(std::span<const CertificateFile> packaged,
                                              std::span<const CertificateFile> own);

}  // namespace pith::compose
