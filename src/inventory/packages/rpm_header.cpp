#include "inventory/packages/rpm_header.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pith::inventory::packages {

namespace {

constexpr std::size_t most_entries = 65'535, entry_size = 16, most_texts = 1'000'000;
constexpr std::uint64_t most_data = 256 * MiB;

enum Tag : std::uint32_t {
    name_tag = 1000,
    version_tag = 1001,
    release_tag = 1002,
    epoch_tag = 1003,
    vendor_tag = 1011,
    licence_tag = 1014,
    url_tag = 1020,
    architecture_tag = 1022,
    old_names_tag = 1027,
    source_tag = 1044,
    folder_index_tag = 1116,
    base_names_tag = 1117,
    folders_tag = 1118,
};
enum Type : std::uint32_t { int32_type = 4, string_type = 6, string_array_type = 8, i18n_type = 9 };

std::uint32_t number(ByteView bytes, std::size_t at) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    return out;
}

class Header {
public:
    [[nodiscard]] static Result<Header> open(ByteView blob) {
        if (blob.size() < 8) return fail(ErrorCode::format, "an rpm header shorter than its counts");
        std::uint64_t entries = number(blob, 0), data = number(blob, 4);
        if (entries > most_entries || data > most_data)
            return fail(ErrorCode::limit,
                        fmt::format("an rpm header of {} entries and {} bytes: at most {} and {} are read", entries,
                                    data, most_entries, most_data));
        if (blob.size() < 8 + entries * entry_size + data)
            return fail(ErrorCode::format, "an rpm header that is cut off");
        return Header(blob.subspan(8, entries * entry_size), blob.subspan(8 + entries * entry_size, data));
    }

    [[nodiscard]] std::string text(Tag tag) const {
        auto all = texts(tag);
        return all.empty() ? std::string() : std::string(all[0]);
    }
    [[nodiscard]] std::vector<std::string_view> texts(Tag tag) const {
        std::vector<std::string_view> out;
        auto entry = find(tag);
        if (!entry || (entry->type != string_type && entry->type != string_array_type && entry->type != i18n_type))
            return out;
        auto rest = as_text(m_data.subspan(entry->offset));
        for (std::uint32_t i = 0; i < entry->count && out.size() < most_texts; ++i) {
            auto end = rest.find('\0');
            if (end == rest.npos) break;
            out.push_back(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        return out;
    }
    [[nodiscard]] std::vector<std::uint32_t> numbers(Tag tag) const {
        std::vector<std::uint32_t> out;
        auto entry = find(tag);
        if (!entry || entry->type != int32_type) return out;
        for (std::uint64_t i = 0; i < entry->count && entry->offset + 4 * (i + 1) <= m_data.size(); ++i)
            out.push_back(number(m_data, entry->offset + 4 * i));
        return out;
    }

private:
    struct Entry {
        std::uint32_t type, offset, count;
    };
    Header(ByteView entries, ByteView data) : m_entries(entries), m_data(data) {}
    [[nodiscard]] std::optional<Entry> find(Tag tag) const {
        for (std::size_t at = 0; at < m_entries.size(); at += entry_size) {
            Entry entry{number(m_entries, at + 4), number(m_entries, at + 8), number(m_entries, at + 12)};
            if (number(m_entries, at) == tag && entry.offset <= m_data.size()) return entry;
        }
        return std::nullopt;
    }
    ByteView m_entries, m_data;
};

void add_paths(const Header& header, std::vector<std::string>& paths) {
    auto add = [&](std::string_view path) {
        if (auto clean = database_path(path); !clean.empty()) paths.push_back(std::move(clean));
    };
    auto names = header.texts(base_names_tag), folders = header.texts(folders_tag);
    auto indexes = header.numbers(folder_index_tag);
    for (std::size_t i = 0; i < names.size() && i < indexes.size(); ++i)
        if (indexes[i] < folders.size()) add(fmt::format("{}{}", folders[indexes[i]], names[i]));
    for (auto path : header.texts(old_names_tag)) add(path);
}

// "bash-5.1.8-6.el9.src.rpm": the name ends before the last two dashes.
void read_source(std::string_view file, Package& package) {
    for (std::string_view end : {".rpm", ".src", ".nosrc"})
        if (file.ends_with(end)) file.remove_suffix(end.size());
    auto release = file.rfind('-');
    auto version = release == file.npos || release == 0 ? file.npos : file.rfind('-', release - 1);
    bool named = version != file.npos && version > 0;
    package.source = named ? std::string(file.substr(0, version)) : package.name;
    package.source_version = named ? std::string(file.substr(version + 1)) : package.version;
}

}  // namespace

Result<InstalledPackage> read_rpm_header(ByteView blob) {
    auto header = TRY(Header::open(blob));
    InstalledPackage out;
    auto& package = out.package;
    package.type = "rpm";
    package.name = header.text(name_tag);
    auto version = header.text(version_tag), release = header.text(release_tag);
    if (package.name.empty() || version.empty())
        return fail(ErrorCode::format, "an rpm header without name or version");
    auto epoch = header.numbers(epoch_tag);
    package.version = fmt::format("{}{}-{}", epoch.empty() ? "" : fmt::format("{}:", epoch[0]), version, release);
    package.architecture = header.text(architecture_tag);
    package.licence = header.text(licence_tag);
    package.maintainer = header.text(vendor_tag);
    package.homepage = header.text(url_tag);
    package.source_file = header.text(source_tag);
    read_source(package.source_file, package);
    add_paths(header, out.paths);
    return out;
}

}  // namespace pith::inventory::packages
