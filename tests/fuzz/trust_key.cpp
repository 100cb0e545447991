#include <cstdint>
#include <cstdlib>

#include "trust/key_file.h"

using namespace pith::trust;

// A file of a key, of either side. Nobody gives a password: stretching one takes too long here.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto no_password = []() -> pith::Result<Secret> { return pith::fail(pith::ErrorCode::io, "none"); };
    if (auto key = PublicKey::from_pem(text)) {
        if (PublicKey::from_pem(key->pem()).value().id() != key->id()) std::abort();
        if (key->verify(pith::as_bytes("message"), pith::as_bytes("signature"))) std::abort();
    }
    if (auto key = read_private_key(text, no_password)) (void)key->sign(pith::as_bytes("message"));
    return 0;
}
