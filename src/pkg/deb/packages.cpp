// What Packages adds to the fields of a control file: where the package file is and what it must be.
#include "pkg/deb/packages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "archive/tar.h"
#include "base/text.h"
#include "pkg/deb/package_fields.h"

namespace pith::pkg::deb {

namespace {

// No name in these formats has white space in it (deb822(5)), and a path is also part of a URL and of messages.
bool is_path_character(char c) { return c > ' ' && c <= '~'; }

Result<> read_filename(std::string_view value, Package& out) {
    if (!std::ranges::all_of(value, is_path_character))
        return fail(ErrorCode::format,
                    fmt::format("'{}' has characters that no path in a repository has", printable(value)));
    out.path = TRY(archive::clean_path(value));
    if (out.path.empty())
        return fail(ErrorCode::format, fmt::format("'{}' is not the path of a file", printable(value)));
    return {};
}

Result<> read_size(std::string_view value, Package& out) {
    auto size = parse_number(value);
    if (!size) return fail(ErrorCode::format, fmt::format("'{}' is not a number of bytes", printable(value, 80)));
    out.size = *size;
    return {};
}

Result<> read_sha256(std::string_view value, Package& out) {
    out.sha256 = TRY(Digest::parse(value));
    return {};
}

constexpr std::array index_fields{
    PackageField{"Filename", true, read_filename},
    PackageField{"Size", true, read_size},
    PackageField{"SHA256", true, read_sha256},
};

}  // namespace

Result<> read_packages(std::string_view text, std::string_view name, const std::function<Result<>(Package&&)>& sink) {
    StanzaReader reader(text, name);
    Stanza stanza;
    while (TRY(reader.next(stanza))) {
        auto package = TRY(read_package_fields(stanza, name, index_fields));
        TRY(sink(std::move(package)));
    }
    return {};
}

}  // namespace pith::pkg::deb
