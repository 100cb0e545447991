// Layer listings in the cache: numbers as LEB128, texts with their length before them, digests as they are.
#include <cstring>

#include "oci/layer_listing.h"

namespace pith::oci {

namespace {

constexpr std::string_view mark = "pith listing 1\n";

struct Writer {
    std::string out;

    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
        out += static_cast<char>(value);
    }
    void text(std::string_view value) {
        number(value.size());
        out += value;
    }
    void bytes(ByteView value) { out += as_text(value); }
};

// Past the end everything reads as zero, and `ok` says so.
struct Reader {
    std::string_view rest;
    bool ok = true;

    std::string_view take(std::uint64_t size) {
        ok = ok && size <= rest.size();
        if (!ok) return {};
        auto out = rest.substr(0, size);
        rest.remove_prefix(size);
        return out;
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            auto part = take(1);
            if (!ok) return 0;
            auto bits = static_cast<std::uint8_t>(part[0]);
            value |= static_cast<std::uint64_t>(bits & 0x7f) << shift;
            if (bits < 0x80) return value;
        }
        ok = false;
        return 0;
    }
    std::string text() { return std::string(take(number())); }
    void bytes(std::span<std::byte> into) {
        auto from = take(into.size());
        if (ok) std::memcpy(into.data(), from.data(), into.size());
    }
};

}  // namespace

std::string to_record(const LayerListing& listing) {
    Writer writer;
    writer.out = mark;
    writer.number(listing.entries.size());
    for (const auto& entry : listing.entries) {
        writer.text(entry.path);
        writer.number(static_cast<std::uint64_t>(entry.type));
        writer.number(entry.mode);
        writer.number(entry.uid);
        writer.number(entry.gid);
        writer.number(static_cast<std::uint64_t>(entry.mtime));
        writer.number(entry.size);
        writer.text(entry.link);
        if (entry.type != archive::EntryType::file) continue;
        writer.bytes(entry.sha256.value);
        writer.bytes(entry.sha1);
        writer.number(entry.content ? 1 : entry.too_large ? 2 : 0);
        if (entry.content) writer.text(*entry.content);
    }
    return std::move(writer.out);
}

std::optional<LayerListing> from_record(std::string_view record) {
    if (!record.starts_with(mark)) return std::nullopt;
    Reader reader{record.substr(mark.size())};
    LayerListing out;
    auto count = reader.number();
    if (count > record.size()) return std::nullopt;
    out.entries.reserve(count);
    for (std::uint64_t i = 0; i < count && reader.ok; ++i) {
        auto& entry = out.entries.emplace_back();
        entry.path = reader.text();
        auto type = reader.number();
        if (type > static_cast<std::uint64_t>(archive::EntryType::fifo)) return std::nullopt;
        entry.type = static_cast<archive::EntryType>(type);
        entry.mode = static_cast<std::uint32_t>(reader.number());
        entry.uid = reader.number();
        entry.gid = reader.number();
        entry.mtime = static_cast<std::int64_t>(reader.number());
        entry.size = reader.number();
        entry.link = reader.text();
        if (entry.type != archive::EntryType::file) continue;
        reader.bytes(entry.sha256.value);
        reader.bytes(entry.sha1);
        auto kept = reader.number();
        if (kept == 1) entry.content = reader.text();
        entry.too_large = kept == 2;
    }
    if (!reader.ok || !reader.rest.empty()) return std::nullopt;
    return out;
}

}  // namespace pith::oci
