// glibc's new cache format, "glibc-ld.so.cache1.1": header, entries, strings, extensions.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compose/generate/ld_so_cache.h"

namespace pith::compose {

namespace {

constexpr std::string_view magic = "glibc-ld.so.cache1.1";
constexpr std::uint32_t little_endian = 2, big_endian = 3;
constexpr std::size_t header_size = 48, entry_size = 24;
constexpr std::uint64_t hwcap_extension = 1ULL << 62;  // the lower half is an index of the hwcaps section
constexpr std::uint32_t extension_magic = 0xeaa42174, generator_tag = 0, hwcaps_tag = 1;
constexpr std::size_t extension_header_size = 8, extension_section_size = 16;
constexpr std::size_t most_bytes = 64 * MiB;
constexpr std::uint32_t most_isa_level = 1023;

// The strings, each once, and none where it is the end of another one.
class StringTable {
public:
    void add(const std::string& text) { m_offsets.try_emplace(text, 0); }
    // Highest first, read from the end; so a string comes right behind one that ends with it.
    std::string finish() {
        std::vector<std::map<std::string, std::size_t>::iterator> order;
        for (auto at = m_offsets.begin(); at != m_offsets.end(); ++at) order.push_back(at);
        std::ranges::sort(order, [](const auto& a, const auto& b) {
            return std::lexicographical_compare(b->first.rbegin(), b->first.rend(), a->first.rbegin(), a->first.rend(),
                                                [](unsigned char x, unsigned char y) { return x < y; });
        });
        std::string strings, previous;
        for (auto at : order) {
            if (!previous.ends_with(at->first)) {
                strings += at->first;
                strings += '\0';
                previous = at->first;
            }
            at->second = strings.size() - 1 - at->first.size();
        }
        return strings;
    }
    [[nodiscard]] std::size_t offset(const std::string& text) const { return m_offsets.at(text); }

private:
    std::map<std::string, std::size_t> m_offsets;
};

class Writer {
public:
    explicit Writer(bool big) : m_big(big) {}
    void text(std::string_view bytes) { append(m_out, as_bytes(bytes)); }
    void number(std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            m_out.push_back(static_cast<std::byte>(value >> 8 * (m_big ? size - 1 - i : i)));
    }
    void u32(std::uint64_t value) { number(value, 4); }
    Bytes finish() { return std::move(m_out); }

private:
    bool m_big;
    Bytes m_out;
};

std::string generator(const Glibc& glibc) {
    auto upstream = glibc.version.substr(0, glibc.version.rfind('-'));
    return fmt::format("ldconfig ({} GLIBC {}) stable release version {}", glibc.vendor, glibc.version, upstream);
}

void write_extensions(Writer& out, std::size_t offset, const std::vector<std::size_t>& hwcaps, const Glibc& glibc) {
    auto written_by = generator(glibc);
    auto hwcaps_size = hwcaps.size() * 4;
    std::size_t sections = hwcaps.empty() ? 1 : 2;
    auto data = offset + extension_header_size + sections * extension_section_size;
    auto section = [&](std::uint32_t tag, std::size_t at, std::size_t size) {
        for (std::size_t value : {std::size_t{tag}, std::size_t{0}, at, size}) out.u32(value);
    };
    out.u32(extension_magic);
    out.u32(sections);
    section(generator_tag, data + hwcaps_size, written_by.size());
    if (!hwcaps.empty()) section(hwcaps_tag, data, hwcaps_size);
    for (auto name : hwcaps) out.u32(name);
    out.text(written_by);
}

}  // namespace

Result<Bytes> write_ld_so_cache(const Libraries& libraries, const LibraryAbi& abi, const Glibc& glibc) {
    StringTable table;
    std::map<std::string, std::size_t> used;  // hwcaps subfolder → its index in the section
    for (const auto& name : libraries.hwcaps) table.add(name);
    for (const auto& entry : libraries.entries) {
        table.add(entry.soname);
        table.add(entry.path);
        if (!entry.hwcaps.empty()) table.add(entry.hwcaps), used.try_emplace(entry.hwcaps, 0);
        if (entry.isa_level > most_isa_level)
            return fail(ErrorCode::limit, fmt::format("{} needs an x86 level above {}", entry.path, most_isa_level));
    }
    auto strings = table.finish();
    auto strings_at = header_size + libraries.entries.size() * entry_size;
    auto extensions_at = (strings_at + strings.size() + 3) / 4 * 4;
    if (extensions_at > most_bytes)
        return fail(ErrorCode::limit, fmt::format("ld.so.cache would be over {}", human_size(most_bytes)));
    std::vector<std::size_t> hwcaps;
    for (auto& [name, index] : used) {
        index = hwcaps.size();
        hwcaps.push_back(strings_at + table.offset(name));
    }

    Writer out(abi.is_big_endian);
    out.text(magic);
    out.u32(libraries.entries.size());
    out.u32(strings.size());
    out.number(abi.is_big_endian ? big_endian : little_endian, 1);
    out.number(0, 3);
    out.u32(extensions_at);
    out.number(0, 4), out.number(0, 8);
    for (const auto& entry : libraries.entries) {
        out.u32(entry.flags);
        out.u32(strings_at + table.offset(entry.soname));
        out.u32(strings_at + table.offset(entry.path));
        out.u32(0);  // the kernel version that old libraries asked for: no longer written
        out.number(
            entry.hwcaps.empty() ? 0 : hwcap_extension | std::uint64_t{entry.isa_level} << 32 | used.at(entry.hwcaps),
            8);
    }
    out.text(strings);
    out.number(0, extensions_at - strings_at - strings.size());
    write_extensions(out, extensions_at, hwcaps, glibc);
    return out.finish();
}

}  // namespace pith::compose
