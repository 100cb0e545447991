#include "pkg/deb/release.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "pkg/deb/deb822.h"
#include "pkg/deb/sources.h"

namespace pith::pkg::deb {

namespace {

constexpr std::size_t most_files = 100'000;
// Clocks differ a little; apt grants as much.
constexpr auto most_future = std::chrono::seconds(10);

std::vector<std::string> list(const Stanza& stanza, std::string_view field) {
    auto parts = words(stanza.find(field).value_or(""));
    return {parts.begin(), parts.end()};
}

std::string text(const Stanza& stanza, std::string_view field) { return std::string(stanza.find(field).value_or("")); }

bool leaves_its_folder(std::string_view path) {
    return path.starts_with('/') || std::ranges::count(split(path, '/'), "..") > 0;
}

Result<ReleaseFile> parse_file(std::string_view line, std::string_view name) {
    auto parts = words(line);
    auto refuse = [&](std::string_view why) {
        return fail(ErrorCode::format, fmt::format("{}: SHA256 lists '{}': {}", name, printable(line), why));
    };
    if (parts.size() != 3) return refuse("a line reads: digest size path");
    auto digest = Digest::parse(parts[0]);
    auto size = parse_number(parts[1]);
    if (!digest || parts[0].size() != 64) return refuse("no SHA-256 digest");
    if (!size) return refuse("no size");
    if (leaves_its_folder(parts[2])) return refuse("the path leaves its folder");
    return ReleaseFile{std::string(parts[2]), *digest, *size};
}

Result<std::vector<ReleaseFile>> parse_files(const Stanza& stanza, std::string_view name) {
    auto field = stanza.find("SHA256");
    if (!field)
        return fail(ErrorCode::format, fmt::format("{}: it has no SHA256 list, so nothing can be checked by it", name));
    std::vector<ReleaseFile> out;
    for (auto line : value_lines(*field)) {
        if (out.size() >= most_files)
            return fail(ErrorCode::limit, fmt::format("{}: more than {} files", name, most_files));
        out.push_back(TRY(parse_file(line, name)));
    }
    std::ranges::sort(out, {}, &ReleaseFile::path);
    auto twice = std::ranges::adjacent_find(out, {}, &ReleaseFile::path);
    if (twice != out.end())
        return fail(ErrorCode::format, fmt::format("{}: SHA256 lists '{}' twice", name, printable(twice->path)));
    return out;
}

Result<Time> parse_date_field(const Stanza& stanza, std::string_view field, std::string_view name) {
    auto value = text(stanza, field);
    auto date = parse_date(value);
    if (!date) return fail(ErrorCode::format, fmt::format("{}: {} is no date: '{}'", name, field, printable(value)));
    return *date;
}

}  // namespace

const ReleaseFile* Release::find(std::string_view path) const {
    auto found = std::ranges::lower_bound(files, path, {},
                                          [](const ReleaseFile& file) -> std::string_view { return file.path; });
    return found != files.end() && found->path == path ? &*found : nullptr;
}

Result<Release> parse_release(std::string_view content, std::string_view name) {
    auto stanza = TRY(read_single_stanza(content, name));
    Release out;
    out.origin = text(stanza, "Origin");
    out.label = text(stanza, "Label");
    out.suite = text(stanza, "Suite");
    out.codename = text(stanza, "Codename");
    out.architectures = list(stanza, "Architectures");
    out.components = list(stanza, "Components");
    out.date = TRY(parse_date_field(stanza, "Date", name));
    if (stanza.find("Valid-Until")) out.valid_until = TRY(parse_date_field(stanza, "Valid-Until", name));
    out.by_hash = parse_yes_no(text(stanza, "Acquire-By-Hash")).value_or(false);
    auto apart = list(stanza, "No-Support-for-Architecture-all");
    out.all_in_native = std::ranges::count(out.architectures, "all") == 0 || std::ranges::count(apart, "Packages") > 0;
    out.files = TRY(parse_files(stanza, name));
    return out;
}

Result<> check_release(const Release& release, std::string_view name, const ReleaseChecks& checks) {
    // "buster/updates" is the suite "buster" of the security archive.
    auto wanted = std::string_view(checks.suite).substr(0, checks.suite.find('/'));
    if (wanted != release.suite && wanted != release.codename)
        return fail(ErrorCode::integrity,
                    fmt::format("{}: it is of suite '{}', codename '{}', and '{}' was asked for; is the mirror right?",
                                name, printable(release.suite), printable(release.codename), checks.suite));
    if (checks.date && release.date > checks.now + most_future)
        return fail(ErrorCode::integrity,
                    fmt::format("{}: its Date {} is in the future (it is {} now); check the clock of this machine",
                                name, to_rfc3339(release.date), to_rfc3339(checks.now)));
    if (checks.valid_until && release.valid_until && *release.valid_until < checks.now)
        return fail(ErrorCode::integrity,
                    fmt::format("{}: it expired: Valid-Until is {} (it is {} now); the mirror is stale, so use another "
                                "one, or the clock of this machine is wrong",
                                name, to_rfc3339(*release.valid_until), to_rfc3339(checks.now)));
    return {};
}

std::optional<Time> parse_date(std::string_view text) {
    constexpr auto months = std::to_array<std::string_view>(
        {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
    auto parts = words(text);
    if (!parts.empty() && parts[0].ends_with(',')) parts.erase(parts.begin());
    if (parts.size() != 5 || (parts[4] != "UTC" && parts[4] != "GMT" && parts[4] != "+0000")) return std::nullopt;
    auto day = parse_number(parts[0]), year = parse_number(parts[2]);
    auto month = std::ranges::find(months, parts[1]);
    auto clock = split(parts[3], ':');
    if (!day || !year || *day > 31 || *year > 9999 || month == months.end() || clock.size() != 3) return std::nullopt;
    auto hour = parse_number(clock[0]), minute = parse_number(clock[1]), second = parse_number(clock[2]);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                     std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
                                     std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

std::string to_rfc3339(Time time) { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time)); }

}  // namespace pith::pkg::deb
