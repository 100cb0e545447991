#include <cstdint>
#include <cstdlib>

#include "trust/verify_bundle.h"
#include "trust/write_bundle.h"

using namespace pith::trust;

// A bundle, verified by a key that signed nothing: whatever it says, it is not verified.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto key = PrivateKey::generate().value().public_key();
    static const TrustedRoot root;
    auto bundle = read_bundle({reinterpret_cast<const char*>(data), size});
    if (!bundle) return 0;
    auto artifact = Artifact::of(pith::as_bytes("content"));
    if (verify_bundle(*bundle, artifact, {KeyRing{{{"key", key, {}}}}, &root, Time()})) std::abort();
    IdentityPolicy anybody{NameMatch::pattern(".*").value(), NameMatch::pattern(".*").value()};
    if (verify_bundle(*bundle, artifact, {anybody, &root, Time()})) std::abort();
    // What can be written is read as the same.
    if (const auto* envelope = std::get_if<Envelope>(&bundle->content)) {
        auto text = write_bundle(*envelope, key);
        auto again = read_bundle(text);
        if (!again || write_bundle(std::get<Envelope>(again->content), key) != text) std::abort();
    }
    return 0;
}
