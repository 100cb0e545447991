// Each list is read line by line by one function an item, so that every error knows its line.
#include "pkg/deb/control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "archive/tar.h"
#include "base/bytes.h"
#include "base/text.h"
#include "pkg/deb/package_fields.h"

namespace pith::pkg::deb {

namespace {

// One item for each line that holds one; errors get "NAME:LINE".
template <class Item>
Result<std::vector<Item>> read_lines(std::string_view text, std::string_view name,
                                     Result<std::optional<Item>> (*read)(std::string_view line)) {
    std::vector<Item> out;
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto end = text.find('\n');
        auto item = read(text.substr(0, end));
        if (!item)
            return context(Result<std::vector<Item>>(std::unexpected(item.error())),
                           fmt::format("{}:{}", name, number));
        if (*item) out.push_back(std::move(**item));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

Result<std::string> read_file_path(std::string_view text) {
    auto path = TRY(archive::clean_path(text));
    if (path.empty()) return fail(ErrorCode::format, "a path is missing");
    return path;
}

Result<std::string> read_absolute_path(std::string_view text) {
    if (!text.starts_with('/'))
        return fail(ErrorCode::format, fmt::format("'{}' is not an absolute path", printable(text)));
    return read_file_path(text.substr(1));
}

Result<std::optional<Md5Sum>> read_md5sum(std::string_view line) {
    constexpr std::size_t digits = 32;
    std::array<std::byte, digits / 2> digest{};
    auto between = line.substr(std::min(digits, line.size())).substr(0, 2);
    // md5sum(1) marks a file that it read as binary with '*'.
    if (!from_hex(line.substr(0, digits), digest) || (between != "  " && between != " *"))
        return fail(ErrorCode::format, fmt::format("'{}' is not an MD5 digest, two spaces, a path", printable(line)));
    auto path = line.substr(digits + between.size());
    if (path.starts_with('/')) path.remove_prefix(1);
    return Md5Sum{TRY(read_file_path(path)), to_hex(digest)};
}

Result<std::optional<Conffile>> read_conffile(std::string_view line) {
    constexpr std::string_view flag = "remove-on-upgrade";
    Conffile out;
    line = trim(line);
    if (line.starts_with(flag)) {
        out.remove_on_upgrade = true;
        line = trim(line.substr(flag.size()));
    }
    out.path = TRY(read_absolute_path(line));
    return out;
}

struct Directive {
    std::string_view text;
    Trigger::Kind kind;
    bool await;
};

constexpr std::array directives{Directive{"interest", Trigger::Kind::interest, true},
                                Directive{"interest-await", Trigger::Kind::interest, true},
                                Directive{"interest-noawait", Trigger::Kind::interest, false},
                                Directive{"activate", Trigger::Kind::activate, true},
                                Directive{"activate-await", Trigger::Kind::activate, true},
                                Directive{"activate-noawait", Trigger::Kind::activate, false}};

// dpkg's trig_name_is_illegal: printable ASCII; a path has no ".." here either.
Result<> check_trigger_name(std::string_view name) {
    bool printing = std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
    if (!printing) return fail(ErrorCode::format, fmt::format("'{}' is not the name of a trigger", printable(name)));
    if (name.starts_with('/')) TRY(read_absolute_path(name));
    return {};
}

Result<std::optional<Trigger>> read_trigger(std::string_view line) {
    line = line.substr(0, line.find('#'));
    if (trim(line).empty()) return std::nullopt;
    auto parts = words(line);
    auto found = std::ranges::find(directives, parts[0], &Directive::text);
    if (found == directives.end())
        return fail(ErrorCode::format, fmt::format("'{}' is not a directive for triggers", printable(parts[0])));
    if (parts.size() != 2) return fail(ErrorCode::format, fmt::format("'{}' takes one trigger", found->text));
    TRY(check_trigger_name(parts[1]));
    return Trigger{found->kind, std::string(parts[1]), found->await};
}

}  // namespace

Result<Package> read_control(std::string_view text) {
    return read_package_fields(TRY(read_single_stanza(text, "control")), "control");
}

Result<std::vector<Md5Sum>> read_md5sums(std::string_view text) { return read_lines(text, "md5sums", read_md5sum); }
Result<std::vector<Conffile>> read_conffiles(std::string_view text) {
    return read_lines(text, "conffiles", read_conffile);
}
Result<std::vector<Trigger>> read_triggers(std::string_view text) { return read_lines(text, "triggers", read_trigger); }

}  // namespace pith::pkg::deb
