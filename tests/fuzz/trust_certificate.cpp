#include <cstdint>
#include <cstdlib>

#include "trust/sct.h"

using namespace pith::trust;

// A certificate: its names, issuer, times and embedded timestamps; and it leads to no authority.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto certificate = Certificate::from_der(std::as_bytes(std::span(data, size)));
    if (!certificate) return 0;
    if (auto names = certificate->identities())
        for (const auto& name : *names)
            if (name.empty() || name.size() > 2'048) std::abort();
    (void)certificate->issuer_claim();
    (void)certificate->signs_code();
    (void)certificate->is_authority();
    auto valid = certificate->validity();
    (void)to_text(valid);
    if (!certificate->public_key()) return 0;
    // Every log that there is has another key.
    static const auto key = PrivateKey::generate().value().public_key();
    static const std::vector<Log> logs{{"log", pith::Bytes(32), pith::Bytes(32), key, {}}};
    if (verify_embedded_sct(*certificate, *certificate, logs)) std::abort();
    (void)issuer_of(*certificate, {}, {*certificate}, *valid.from);
    return 0;
}
