// How C libraries are used: Owned<BIO, BIO_free> owns what a library made and its own function frees; chars() are bytes
// as it takes them.
#pragma once

#include <memory>

#include "base/bytes.h"

namespace pith::trust {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};

template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

[[nodiscard]] inline const unsigned char* chars(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
[[nodiscard]] inline unsigned char* writable_chars(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace pith::trust
