// The text of an index, one block a package, through a table of its keys; and the archive around it.
#include "pkg/apk/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <limits>
#include <optional>

#include "archive/inflate.h"
#include "archive/tar.h"
#include "base/text.h"
#include "pkg/apk/dependency.h"

namespace pith::pkg::apk {

namespace {

constexpr std::size_t most_text = 512 * MiB;
constexpr std::size_t most_line = 4 * MiB;
constexpr std::size_t most_packages = 1'000'000;
constexpr std::size_t most_word = 512;  // bytes of a package's name, version or architecture

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

// Names and versions become file names, so they hold no '/' and do not begin with '.'.
Result<> read_word(std::string_view value, std::string& out) {
    auto allowed = [](unsigned char c) { return c > ' ' && c < 0x7f && c != '/'; };
    if (value.empty() || value.size() > most_word || value.starts_with('.') || !std::ranges::all_of(value, allowed))
        return fail(ErrorCode::format,
                    fmt::format("'{}' is not 1 to {} printable ASCII characters without '/', the first of them not '.'",
                                printable(value, 40), most_word));
    out = value;
    return {};
}

Result<> read_text(std::string_view value, std::string& out) {
    out = value;
    return {};
}

Result<> read_size(std::string_view value, std::uint64_t& out) {
    auto number = parse_number(value);
    if (!number) return fail(ErrorCode::format, fmt::format("'{}' is not a size in bytes", printable(value, 40)));
    out = *number;
    return {};
}

Result<> read_priority(std::string_view value, int& out) {
    auto number = parse_number(value);
    if (!number || *number > std::numeric_limits<int>::max())
        return fail(ErrorCode::format,
                    fmt::format("'{}' is not a priority from 0 to 2147483647", printable(value, 40)));
    out = static_cast<int>(*number);
    return {};
}

// "Q1" and the base64 of a SHA-1: 27 digits and "=".
Result<> read_checksum(std::string_view value, std::string& out) {
    if (value.size() != 30 || !value.starts_with("Q1") || !value.ends_with('=') ||
        !std::ranges::all_of(value.substr(2, 27), is_base64))
        return fail(ErrorCode::format, fmt::format("'{}' is not 'Q1' and the base64 of a SHA-1", printable(value, 60)));
    out = value;
    return {};
}

// Relations where a conflict has no meaning that the model knows.
Result<> read_relations(std::string_view value, std::vector<Relation>& out) {
    for (auto& dependency : TRY(parse_dependencies(value))) {
        if (dependency.conflict)
            return fail(ErrorCode::unsupported, fmt::format("'!{}' stands where only names are known to stand",
                                                            printable(dependency.relation.name)));
        out.push_back(std::move(dependency.relation));
    }
    return {};
}

Result<> read_dependencies(std::string_view value, Package& package) {
    for (auto& dependency : TRY(parse_dependencies(value))) {
        if (dependency.conflict)
            package.conflicts.push_back(std::move(dependency.relation));
        else
            package.depends.push_back({std::move(dependency.relation)});
    }
    return {};
}

Result<> read_provides(std::string_view value, Package& package) {
    package.provides = TRY(parse_provides(value));
    return {};
}

struct Key {
    char key;
    Result<> (*read)(std::string_view value, Package& package);
};
using View = std::string_view;
constexpr std::array keys = {
    Key{'C', [](View value, Package& package) { return read_checksum(value, package.apk_checksum); }},
    Key{'P', [](View value, Package& package) { return read_word(value, package.name); }},
    Key{'V', [](View value, Package& package) { return read_word(value, package.version); }},
    Key{'A', [](View value, Package& package) { return read_word(value, package.architecture); }},
    Key{'S', [](View value, Package& package) { return read_size(value, package.size); }},
    Key{'I', [](View value, Package& package) { return read_size(value, package.installed_size); }},
    Key{'T', [](View, Package&) { return Result<>{}; }},
    Key{'U', [](View value, Package& package) { return read_text(value, package.homepage); }},
    Key{'L', [](View value, Package& package) { return read_text(value, package.license); }},
    Key{'o', [](View value, Package& package) { return read_text(value, package.source); }},
    Key{'m', [](View value, Package& package) { return read_text(value, package.maintainer); }},
    Key{'D', &read_dependencies},
    Key{'p', &read_provides},
    Key{'i', [](View value, Package& package) { return read_relations(value, package.install_if); }},
    Key{'k', [](View value, Package& package) { return read_priority(value, package.provider_priority); }},
    Key{'r', [](View value, Package& package) { return read_relations(value, package.replaces); }},
    Key{'q', [](View value, Package& package) { return read_priority(value, package.replaces_priority); }},
};

class IndexReader {
public:
    explicit IndexReader(std::string_view name) : m_name(name) {}

    Result<std::vector<Package>> read(std::string_view text) {
        while (!text.empty()) {
            auto end = std::min(text.find('\n'), text.size());
            ++m_line;
            TRY(here(read_line(text.substr(0, end))));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        TRY(here(finish_package()));
        return std::move(m_packages);
    }

private:
    // Says of an error where it happened.
    Result<> here(Result<> result) const {
        if (result) return result;
        if (m_package && !m_package->name.empty())
            result = context(std::move(result), fmt::format("package '{}'", m_package->name));
        return context(std::move(result), fmt::format("{}:{}", m_name, m_line));
    }

    Result<> read_line(std::string_view line) {
        if (line.empty()) return finish_package();
        if (line.size() > most_line)
            return fail(ErrorCode::limit, fmt::format("a line of {} bytes, more than {}", line.size(), most_line));
        if (line.size() < 2 || line[1] != ':')
            return fail(ErrorCode::format, fmt::format("'{}' is not a line 'K:value'", printable(line, 40)));
        if (!m_package) m_package.emplace().format = Format::apk;
        return context(read_field(line[0], line.substr(2)), fmt::format("key '{}'", printable(line.substr(0, 1))));
    }

    Result<> read_field(char key, std::string_view value) {
        auto known = std::ranges::find(keys, key, &Key::key);
        if (known == keys.end()) {
            if (key >= 'a' && key <= 'z') return {};
            return fail(ErrorCode::unsupported, "not a key of an index that pith knows");
        }
        auto position = static_cast<std::size_t>(known - keys.begin());
        if (m_seen.test(position)) return fail(ErrorCode::format, "it stands twice in one package");
        m_seen.set(position);
        return known->read(value, *m_package);
    }

    Result<> finish_package() {
        if (!m_package) return {};
        auto& package = *m_package;
        for (auto [key, value] :
             {std::pair('P', &package.name), std::pair('V', &package.version), std::pair('C', &package.apk_checksum)})
            if (value->empty())
                return fail(ErrorCode::format, fmt::format("the package ends without its key '{}'", key));
        if (m_packages.size() == most_packages)
            return fail(ErrorCode::limit, fmt::format("more than {} packages", most_packages));
        if (package.source.empty()) package.source = package.name;
        package.source_version = package.version;
        package.path = fmt::format("{}-{}.apk", package.name, package.version);
        m_packages.push_back(std::move(package));
        m_package.reset();
        m_seen.reset();
        return {};
    }

    std::string m_name;
    std::size_t m_line = 0;
    std::vector<Package> m_packages;
    std::optional<Package> m_package;  // the one whose block is being read
    std::bitset<keys.size()> m_seen;   // keys of that block
};

// The one file `APKINDEX` of an archive.
Result<std::string_view> find_index(ByteView tar) {
    std::optional<std::string_view> found;
    archive::TarReader reader(tar);
    while (auto entry = TRY(reader.next())) {
        if (entry->path != "APKINDEX" || entry->type != archive::EntryType::file) continue;
        if (found) return fail(ErrorCode::format, "the archive holds APKINDEX twice");
        found = as_text(entry->content);
    }
    if (!found) return fail(ErrorCode::format, "the archive holds no APKINDEX; is it an apk repository's index?");
    return *found;
}

Result<std::vector<Package>> read_archive(ByteView file, std::string_view name) {
    auto tar = TRY(context(archive::inflate(file, archive::Compression::gzip, {.most_bytes = most_text + MiB}), name));
    return parse_index(TRY(context(find_index(tar.bytes()), name)), fmt::format("{}:APKINDEX", name));
}

}  // namespace

Result<std::vector<Package>> parse_index(std::string_view text, std::string_view name) {
    if (text.size() > most_text)
        return fail(ErrorCode::limit, fmt::format("{}: {} bytes of index, more than {}", name, text.size(), most_text));
    return IndexReader(name).read(text);
}

Result<std::vector<Package>> read_index(ByteView file, std::string_view name) { return read_archive(file, name); }

Result<SignedIndex> read_signed_index(ByteView file, const std::vector<PublicKey>& keys_given, std::string_view name) {
    auto parts = TRY(context(split_signatures(file), name));
    auto signer = TRY(context(verify(parts.rest, parts.signatures, keys_given), name));
    return SignedIndex{TRY(read_archive(parts.rest, name)), std::move(signer)};
}

}  // namespace pith::pkg::apk
