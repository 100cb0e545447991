// The bytes of an Index, little-endian, one part after the other:
//
//   header   magic "pith-idx", then u32: version, packages, names, provides, size of texts, size of records
//   offsets  (packages + 1) × u32: where each package's record begins in `records`, and where the last ends
//   names    names    × {u32 offset in texts, u32 length, u32 position}: sorted by (name, position)
//   provides provides × the same: names that a package provides and does not bear itself
//   texts    the bytes of those names
//   records  the packages (pkg/package_codec.h)
//
// A lookup is a binary search in a table; a package is decoded when it is asked for. All numbers of the
// tables are checked when an index is opened, so that lookups need no check of their own.
#include "pkg/universe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "pkg/package_codec.h"

namespace pith::pkg {
namespace {

constexpr std::string_view magic = "pith-idx";
// Counts up with every change of the bytes, here or in package_codec.cpp; other versions are refused.
constexpr std::uint32_t index_version = 1;
constexpr std::size_t header_size = 8 + 6 * 4, offset_size = 4, row_size = 12;

std::uint32_t read_u32(ByteView bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    return value;
}

void write_u32(Bytes& out, std::size_t value) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::byte>(value >> shift));
}

struct Row {
    std::string_view name;
    std::uint32_t position = 0;
};

// A table of names with the texts they lie in.
struct Table {
    ByteView rows, texts;

    [[nodiscard]] std::size_t size() const { return rows.size() / row_size; }
    [[nodiscard]] Row row(std::size_t i) const {
        auto at = i * row_size;
        auto text = texts.subspan(read_u32(rows, at), read_u32(rows, at + 4));
        return {as_text(text), read_u32(rows, at + 8)};
    }
    [[nodiscard]] bool holds(std::uint32_t packages) const {
        for (std::size_t at = 0; at < rows.size(); at += row_size) {
            std::uint64_t offset = read_u32(rows, at), length = read_u32(rows, at + 4);
            if (offset + length > texts.size() || read_u32(rows, at + 8) >= packages) return false;
        }
        return true;
    }
    [[nodiscard]] std::vector<std::uint32_t> find(std::string_view name) const {
        std::size_t low = 0, high = size();
        while (low < high) {
            auto middle = low + (high - low) / 2;
            if (row(middle).name < name)
                low = middle + 1;
            else
                high = middle;
        }
        std::vector<std::uint32_t> found;
        for (; low < size() && row(low).name == name; ++low) found.push_back(row(low).position);
        return found;
    }
};

// The parts of an index, as its header says they lie.
struct Parts {
    std::uint32_t packages = 0;
    ByteView offsets, records;
    Table names, provides;
};

// Without any check: only for bytes that `open` has accepted or is checking.
Parts parts_of(ByteView bytes) {
    auto count = [&](std::size_t i) { return read_u32(bytes, magic.size() + 4 * i); };
    Parts parts;
    parts.packages = count(1);
    auto rest = bytes.subspan(header_size);
    auto take = [&](std::size_t size) {
        auto part = rest.first(size);
        rest = rest.subspan(size);
        return part;
    };
    parts.offsets = take((std::size_t{parts.packages} + 1) * offset_size);
    parts.names.rows = take(std::size_t{count(2)} * row_size);
    parts.provides.rows = take(std::size_t{count(3)} * row_size);
    parts.names.texts = parts.provides.texts = take(count(4));
    parts.records = rest;
    return parts;
}

std::size_t size_by_header(ByteView bytes) {
    auto count = [&](std::size_t i) -> std::size_t { return read_u32(bytes, magic.size() + 4 * i); };
    return header_size + (count(1) + 1) * offset_size + (count(2) + count(3)) * row_size + count(4) + count(5);
}

bool offsets_hold(const Parts& parts) {
    std::uint32_t before = 0;
    for (std::size_t at = 0; at < parts.offsets.size(); at += offset_size) {
        auto offset = read_u32(parts.offsets, at);
        if (offset < before || offset > parts.records.size()) return false;
        before = offset;
    }
    return true;
}

using NamedPositions = std::vector<std::pair<std::string, std::uint32_t>>;

Bytes rows_of(NamedPositions& named, Bytes& texts) {
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    Bytes rows;
    rows.reserve(named.size() * row_size);
    const std::string* before = nullptr;
    std::size_t offset = 0;
    for (const auto& [name, position] : named) {
        if (!before || *before != name) {
            offset = texts.size();
            append(texts, as_bytes(name));
        }
        before = &name;
        for (auto value : {offset, name.size(), std::size_t{position}}) write_u32(rows, value);
    }
    return rows;
}

}  // namespace

void IndexBuilder::add(const Package& package) {
    auto position = static_cast<std::uint32_t>(m_offsets.size());
    m_offsets.push_back(static_cast<std::uint32_t>(m_records.size()));
    encode(package, m_records);
    m_names.emplace_back(package.name, position);
    for (const auto& provide : package.provides)
        if (provide.name != package.name) m_provides.emplace_back(provide.name, position);
}

Bytes IndexBuilder::finish() && {
    Bytes texts;
    auto names = rows_of(m_names, texts), provides = rows_of(m_provides, texts);
    Bytes out = to_bytes(magic);
    out.reserve(header_size + (m_offsets.size() + 1) * offset_size + names.size() + provides.size() + texts.size() +
                m_records.size());
    for (auto value : {std::size_t{index_version}, m_offsets.size(), names.size() / row_size,
                       provides.size() / row_size, texts.size(), m_records.size()})
        write_u32(out, value);
    for (auto offset : m_offsets) write_u32(out, offset);
    write_u32(out, m_records.size());
    for (const auto* part : {&names, &provides, &texts, &m_records}) append(out, *part);
    return out;
}

Result<Index> Index::open(ByteView bytes, std::shared_ptr<const void> owner) {
    if (bytes.size() < header_size || as_text(bytes).substr(0, magic.size()) != magic)
        return fail(ErrorCode::format, "not a package index");
    if (auto version = read_u32(bytes, magic.size()); version != index_version)
        return fail(ErrorCode::format,
                    fmt::format("package index of version {}, but this pith reads version {}", version, index_version));
    if (auto expected = size_by_header(bytes); expected != bytes.size())
        return fail(ErrorCode::format,
                    fmt::format("package index of {} bytes, but its header says {}", bytes.size(), expected));
    auto parts = parts_of(bytes);
    if (!offsets_hold(parts) || !parts.names.holds(parts.packages) || !parts.provides.holds(parts.packages))
        return fail(ErrorCode::format, "package index whose tables point outside it");
    Index index;
    index.m_bytes = bytes;
    index.m_owner = std::move(owner);
    return index;
}

std::uint32_t Index::size() const { return parts_of(m_bytes).packages; }

Result<Package> Index::package(std::uint32_t position) const {
    auto parts = parts_of(m_bytes);
    if (position >= parts.packages)
        return fail(ErrorCode::internal, fmt::format("package {} of an index of {}", position, parts.packages));
    auto begin = read_u32(parts.offsets, position * offset_size);
    auto end = read_u32(parts.offsets, (position + 1) * offset_size);
    return context(decode(parts.records.subspan(begin, end - begin)), fmt::format("package {} of an index", position));
}

std::vector<std::uint32_t> Index::named(std::string_view name) const { return parts_of(m_bytes).names.find(name); }

std::vector<std::uint32_t> Index::providing(std::string_view name) const {
    return parts_of(m_bytes).provides.find(name);
}

std::vector<std::string> Index::names() const {
    auto table = parts_of(m_bytes).names;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto name = table.row(i).name;
        if (names.empty() || names.back() != name) names.emplace_back(name);
    }
    return names;
}

void Universe::add(Repository repository, Index index) {
    m_repositories.push_back(std::move(repository));
    m_indexes.push_back(std::move(index));
}

Result<Package> Universe::package(PackageId id) const {
    if (id.repository >= m_indexes.size())
        return fail(ErrorCode::internal, fmt::format("repository {} of {}", id.repository, m_indexes.size()));
    return context(m_indexes[id.repository].package(id.position), m_repositories[id.repository].name);
}

namespace {

template <class Lookup>
std::vector<PackageId> over_all(const std::vector<Index>& indexes, Lookup lookup) {
    std::vector<PackageId> found;
    for (std::uint32_t i = 0; i < indexes.size(); ++i)
        for (auto position : lookup(indexes[i])) found.push_back({i, position});
    return found;
}

}  // namespace

std::vector<PackageId> Universe::named(std::string_view name) const {
    return over_all(m_indexes, [&](const Index& index) { return index.named(name); });
}

std::vector<PackageId> Universe::providing(std::string_view name) const {
    return over_all(m_indexes, [&](const Index& index) { return index.providing(name); });
}

std::vector<std::string> Universe::names() const {
    std::vector<std::string> all;
    for (const auto& index : m_indexes) {
        auto names = index.names();
        all.insert(all.end(), std::make_move_iterator(names.begin()), std::make_move_iterator(names.end()));
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace pith::pkg
