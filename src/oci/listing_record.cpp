// Layer listings in the cache.
#include "base/record.h"
#include "oci/layer_listing.h"

namespace pith::oci {

namespace {
constexpr std::string_view mark = "pith listing 1\n";
}

std::string to_record(const LayerListing& listing) {
    RecordWriter writer(mark);
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
    return std::move(writer).take();
}

std::optional<LayerListing> from_record(std::string_view record) {
    RecordReader reader(record);
    if (!reader.mark(mark)) return std::nullopt;
    LayerListing out;
    auto count = reader.count();
    out.entries.reserve(count);
    for (std::size_t i = 0; i < count && reader.good(); ++i) {
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
    if (!reader.at_end()) return std::nullopt;
    return out;
}

}  // namespace pith::oci
