// A package file is taken apart in the order of deb(5): version, control member, data member.
#include "pkg/deb/deb_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "archive/ar.h"
#include "base/text.h"

namespace pith::pkg::deb {

namespace {

using archive::ArMember;
using archive::Compression;

// A tar member of the ar, and how its name says that it is compressed.
struct TarMember {
    std::string name;
    ByteView content;
    Compression compression = Compression::none;
};
struct Members {
    TarMember control, data;
};

struct Suffix {
    std::string_view text;
    Compression compression;
};
constexpr std::array suffixes{Suffix{"", Compression::none}, Suffix{".gz", Compression::gzip},
                              Suffix{".xz", Compression::xz}, Suffix{".zst", Compression::zstd}};

Result<> check_format_version(const std::vector<ArMember>& members) {
    if (members.empty() || members[0].name != "debian-binary")
        return fail(ErrorCode::format, "not a Debian package: the first member is not 'debian-binary'");
    auto version = as_text(members[0].content);
    version = version.substr(0, version.find('\n'));
    auto dot = version.find('.');
    auto major = parse_number(version.substr(0, dot));
    if (dot == std::string_view::npos || !major || !parse_number(version.substr(dot + 1)))
        return fail(ErrorCode::format,
                    fmt::format("debian-binary: '{}' is not a format version", printable(version, 40)));
    if (*major != 2)
        return fail(ErrorCode::unsupported, fmt::format("debian-binary: format {}; pith reads format 2", version));
    return {};
}

Result<TarMember> as_tar_member(const ArMember& member, std::string_view stem) {
    auto suffix = std::string_view(member.name).substr(stem.size());
    auto found = std::ranges::find(suffixes, suffix, &Suffix::text);
    if (found == suffixes.end())
        return fail(ErrorCode::unsupported,
                    fmt::format("member '{}': pith reads {} as .gz, .xz, .zst or without compression",
                                printable(member.name), stem));
    return TarMember{member.name, member.content, found->compression};
}

Result<Members> find_members(std::span<const ArMember> members) {
    constexpr std::array<std::string_view, 2> stems{"control.tar", "data.tar"};
    std::vector<TarMember> found;
    for (const auto& member : members) {
        if (member.name.starts_with('_')) continue;
        if (found.size() == stems.size())
            return fail(ErrorCode::unsupported, fmt::format("member '{}' after data.tar", printable(member.name)));
        auto stem = stems.at(found.size());
        if (!member.name.starts_with(stem))
            return fail(ErrorCode::format, fmt::format("member '{}' where {} should be", printable(member.name), stem));
        found.push_back(TRY(as_tar_member(member, stem)));
    }
    if (found.size() < stems.size())
        return fail(ErrorCode::format, fmt::format("there is no member {}", stems.at(found.size())));
    return Members{std::move(found[0]), std::move(found[1])};
}

// The files of control.tar by name; folders other than its root, links and files in folders are refused.
Result<std::map<std::string, std::string>> read_control_files(ByteView tar) {
    constexpr std::size_t most_files = 1000;
    archive::TarReader reader(tar, {.most_entries = most_files});
    std::map<std::string, std::string> out;
    while (auto entry = TRY(reader.next())) {
        auto path = TRY(archive::clean_path(entry->path));
        if (path.empty() && entry->type == archive::EntryType::directory) continue;
        if (entry->type != archive::EntryType::file || path.empty() || path.find('/') != std::string::npos)
            return fail(ErrorCode::format, fmt::format("'{}' is not a plain file in its root", printable(entry->path)));
        if (!out.emplace(path, as_text(entry->content)).second)
            return fail(ErrorCode::format, fmt::format("the file '{}' stands twice", printable(path)));
    }
    return out;
}

Result<> read_control_member(const TarMember& member, const DebLimits& limits, DebFile& out) {
    auto tar = TRY(archive::inflate(member.content, member.compression, {.most_bytes = limits.most_control}));
    auto files = TRY(read_control_files(tar.bytes()));
    if (!files.contains("control")) return fail(ErrorCode::format, "there is no file 'control'");
    out.control = std::move(files["control"]);
    out.package = TRY(read_control(out.control));
    out.md5sums = TRY(read_md5sums(files["md5sums"]));
    out.conffiles = TRY(read_conffiles(files["conffiles"]));
    out.triggers = TRY(read_triggers(files["triggers"]));
    for (const auto* script : {"preinst", "postinst", "prerm", "postrm", "config", "templates"})
        if (auto found = files.extract(script)) out.scripts.insert(std::move(found));
    return {};
}

Result<> read_data_member(const TarMember& member, const DebLimits& limits, DebFile& out) {
    out.data = TRY(archive::inflate(member.content, member.compression, limits.data));
    out.entries = TRY(read_payload(out.data.bytes(), limits));
    return {};
}

}  // namespace

Result<DebFile> read_deb(ByteView file, const DebLimits& limits) {
    auto archive = TRY(archive::read_ar(file));
    TRY(check_format_version(archive));
    auto members = TRY(find_members(std::span(archive).subspan(1)));
    DebFile out;
    TRY(context(read_control_member(members.control, limits, out), members.control.name));
    TRY(context(read_data_member(members.data, limits, out), members.data.name));
    return out;
}

}  // namespace pith::pkg::deb
