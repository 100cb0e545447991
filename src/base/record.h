// What records in the cache are written with: numbers as LEB128, texts with their length before them, bytes as they
// are. A record is read from views of it, and nothing is believed: past its end everything reads as zero or empty.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace pith {

class RecordWriter {
public:
    explicit RecordWriter(std::string_view mark) : m_out(mark) {}
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) m_out += static_cast<char>(value | 0x80);
        m_out += static_cast<char>(value);
    }
    void text(std::string_view value) {
        number(value.size());
        m_out += value;
    }
    void bytes(ByteView value) { m_out += as_text(value); }
    [[nodiscard]] std::string take() && { return std::move(m_out); }

private:
    std::string m_out;
};

class RecordReader {
public:
    explicit RecordReader(std::string_view record) : m_rest(record) {}

    [[nodiscard]] bool good() const { return m_good; }
    [[nodiscard]] bool at_end() const { return m_good && m_rest.empty(); }
    // What was read cannot be.
    void refuse() { m_good = false; }

    [[nodiscard]] bool mark(std::string_view wanted) { return take(wanted.size()) == wanted; }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            auto part = take(1);
            if (!m_good) return 0;
            auto bits = static_cast<std::uint8_t>(part[0]);
            value |= static_cast<std::uint64_t>(bits & 0x7f) << shift;
            if (bits < 0x80) return value;
        }
        m_good = false;
        return 0;
    }
    // Of things that follow, each of at least one byte: none where the record is too short for them.
    std::size_t count() {
        auto value = number();
        if (value > m_rest.size()) m_good = false;
        return m_good ? static_cast<std::size_t>(value) : 0;
    }
    std::string_view view() { return take(number()); }
    std::string text() { return std::string(view()); }
    void bytes(std::span<std::byte> into) {
        auto from = take(into.size());
        if (m_good) std::memcpy(into.data(), from.data(), into.size());
    }

private:
    std::string_view take(std::uint64_t size) {
        m_good = m_good && size <= m_rest.size();
        if (!m_good) return {};
        auto out = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
        return out;
    }
    std::string_view m_rest;
    bool m_good = true;
};

}  // namespace pith
