#include "base/bytes.h"

#include <cctype>
#include <charconv>

#include <fmt/format.h>

namespace pith {

std::string to_hex(ByteView bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (std::byte b : bytes) {
        auto v = std::to_integer<unsigned>(b);
        out += digits[v >> 4];
        out += digits[v & 15];
    }
    return out;
}

bool from_hex(std::string_view hex, std::span<std::byte> out) {
    auto value = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    if (hex.size() != out.size() * 2) return false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        int high = value(hex[2 * i]), low = value(hex[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = static_cast<std::byte>(high * 16 + low);
    }
    return true;
}

std::string human_size(std::uint64_t bytes) {
    if (bytes < KiB) return fmt::format("{} B", bytes);
    auto value = static_cast<double>(bytes);
    for (const char* unit : {"KiB", "MiB", "GiB"}) {
        value /= 1024;
        if (value < 1024 || unit[0] == 'G') return fmt::format("{:.1f} {}", value, unit);
    }
    return {};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || !(value >= 0)) return std::nullopt;
    std::string unit;
    for (char c : std::string_view(end, text.data() + text.size()))
        if (c != ' ') unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    constexpr std::pair<std::string_view, std::uint64_t> units[] = {
        {"", 1}, {"k", KiB}, {"m", MiB}, {"g", GiB}, {"t", 1024 * GiB}};
    for (auto [name, factor] : units)
        if (unit == name || unit == fmt::format("{}b", name) || (factor > 1 && unit == fmt::format("{}ib", name)))
            if (value * static_cast<double>(factor) < 9e18)
                return static_cast<std::uint64_t>(value * static_cast<double>(factor));
    return std::nullopt;
}

}  // namespace pith
