#include "archive/tar_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace pith::archive {

namespace {

std::optional<std::int64_t> parse_base256(std::string_view field) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 256;
    auto first = static_cast<unsigned char>(field[0]);
    std::int64_t value = (first & 0x3f) - (first & 0x40);
    for (char c : field.substr(1)) {
        if (value > most || value < -most - 1) return std::nullopt;
        value = value * 256 + static_cast<unsigned char>(c);
    }
    return value;
}

}  // namespace

std::int64_t tar_checksum(const TarHeader& header, bool as_signed) {
    std::int64_t sum = 0;
    for (std::byte b : std::as_bytes(std::span(&header, 1)))
        sum += as_signed ? static_cast<signed char>(b) : static_cast<unsigned char>(b);
    for (char c : header.checksum)
        sum += ' ' - (as_signed ? static_cast<signed char>(c) : static_cast<unsigned char>(c));
    return sum;
}

std::optional<std::int64_t> parse_tar_number(std::string_view field) {
    if (static_cast<unsigned char>(field[0]) & 0x80) return parse_base256(field);
    auto text = trim(field.substr(0, field.find('\0')));
    if (text.empty()) return 0;
    return parse_number(text, 8);
}

bool put_octal(std::span<char> field, std::int64_t value) {
    bool fits = value >= 0 && value >> (3 * (field.size() - 1)) == 0;
    if (!fits) value = 0;
    field.back() = '\0';
    for (auto it = field.rbegin() + 1; it != field.rend(); ++it, value >>= 3)
        *it = static_cast<char>('0' + (value & 7));
    return fits;
}

void put_base256(std::span<char> field, std::uint64_t value) {
    for (auto it = field.rbegin(); it != field.rend(); ++it, value >>= 8) *it = static_cast<char>(value & 0xff);
    field.front() = static_cast<char>(0x80);
}

Result<> parse_pax(std::string_view text, Pax& pax) {
    while (!text.empty()) {
        auto space = text.substr(0, 20).find(' ');
        auto length = parse_number(text.substr(0, space == text.npos ? 0 : space));
        if (!length || *length <= space + 1 || *length > text.size() || text[*length - 1] != '\n')
            return fail(ErrorCode::format, fmt::format("bad pax record '{}'", printable(text, 40)));
        auto record = text.substr(space + 1, *length - space - 2);
        auto equals = record.find('=');
        if (equals == 0 || equals == record.npos)
            return fail(ErrorCode::format, fmt::format("pax record '{}' has no key", printable(record, 40)));
        pax.insert_or_assign(std::string(record.substr(0, equals)), std::string(record.substr(equals + 1)));
        text.remove_prefix(*length);
    }
    return {};
}

std::string write_pax(const Pax& pax) {
    std::string out;
    for (const auto& [key, value] : pax) {
        std::size_t rest = key.size() + value.size() + 3;  // the space, '=' and newline
        std::size_t length = rest + 1;
        while (length != rest + fmt::formatted_size("{}", length)) ++length;
        fmt::format_to(std::back_inserter(out), "{} {}={}\n", length, key, value);
    }
    return out;
}

std::optional<std::int64_t> parse_pax_number(std::string_view text) {
    auto whole = text.substr(0, text.find('.'));
    bool negative = whole.starts_with('-');
    auto value = parse_number(negative ? whole.substr(1) : whole);
    if (!value || *value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    auto number = static_cast<std::int64_t>(*value);
    return negative ? -number : number;
}

}  // namespace pith::archive
