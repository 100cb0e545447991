#include "archive/ar.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pith::archive {

namespace {

constexpr std::string_view magic = "!<arch>\n";
constexpr std::size_t header_size = 60;
constexpr std::size_t most_members = 64;

Result<std::string> member_name(std::string_view field, std::size_t at) {
    auto name = field.substr(0, field.find_last_not_of(' ') + 1);
    if (name.starts_with('/') || name.starts_with("#1/"))
        return fail(ErrorCode::unsupported, fmt::format("ar member at byte {}: '{}' is a long name or a symbol table, "
                                                        "which no package has",
                                                        at, printable(name)));
    if (name.ends_with('/')) name.remove_suffix(1);
    if (name.empty()) return fail(ErrorCode::format, fmt::format("ar member at byte {}: has no name", at));
    return std::string(name);
}

}  // namespace

Result<std::vector<ArMember>> read_ar(ByteView archive) {
    if (!as_text(archive).starts_with(magic))
        return fail(ErrorCode::format, "not an ar archive: it does not begin with \"!<arch>\"");
    std::vector<ArMember> members;
    for (std::size_t at = magic.size(); at < archive.size();) {
        auto header = as_text(archive.subspan(at, std::min(header_size, archive.size() - at)));
        if (header.size() < header_size)
            return fail(ErrorCode::format, fmt::format("truncated ar archive: {} bytes at byte {} where a member's "
                                                       "header of {} should stand",
                                                       header.size(), at, header_size));
        if (members.size() == most_members)
            return fail(ErrorCode::limit, fmt::format("ar archive has more than {} members", most_members));
        if (header.substr(58) != "`\n")
            return fail(ErrorCode::format, fmt::format("no ar member's header at byte {}", at));
        auto name = TRY(member_name(header.substr(0, 16), at));
        auto place = fmt::format("ar member '{}' at byte {}", printable(name), at);
        auto size_field = trim(header.substr(48, 10));
        auto size = parse_number(size_field);
        if (!size) return fail(ErrorCode::format, fmt::format("{}: '{}' is no size", place, printable(size_field)));
        at += header_size;
        if (*size > archive.size() - at)
            return fail(ErrorCode::format,
                        fmt::format("{}: truncated, {} bytes of {} are there", place, archive.size() - at, *size));
        if (std::ranges::find(members, name, &ArMember::name) != members.end())
            return fail(ErrorCode::format, fmt::format("{}: an earlier member has the same name", place));
        members.push_back({std::move(name), archive.subspan(at, *size)});
        at += *size + *size % 2;  // members begin at even bytes; the last one's padding may be missing
    }
    return members;
}

}  // namespace pith::archive
