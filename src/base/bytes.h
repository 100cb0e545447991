// Bytes and views of them; text is bytes too, so the conversions cost nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pith {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
[[nodiscard]] inline Bytes to_bytes(std::string_view text) {
    auto view = as_bytes(text);
    return {view.begin(), view.end()};
}
inline void append(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }

[[nodiscard]] std::string to_hex(ByteView bytes);  // lower case
// False unless `hex` is exactly 2 * out.size() hexadecimal digits of either case.
[[nodiscard]] bool from_hex(std::string_view hex, std::span<std::byte> out);

constexpr std::uint64_t KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB;

// "812 B", "4.0 KiB", "12.3 MiB": for messages and summaries.
[[nodiscard]] std::string human_size(std::uint64_t bytes);
// The other way: "500M", "10GiB", "1.5 g"; units are powers of 1024, and without one it is bytes.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace pith
