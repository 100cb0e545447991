#include "pkg/deb/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/url.h"
#include "pkg/deb/deb822.h"
#include "pkg/deb/dependency.h"

namespace pith::pkg::deb {

namespace {

enum class Reader { definition, host };

// Options, by their names in one-line sources and in stanzas.
struct Option {
    std::string_view one_line, stanza;
    Result<> (*read)(std::string_view value, Source& out);  // null: known, and without a meaning here
};

Result<> read_yes_no(std::string_view value, bool& out) {
    auto yes = parse_yes_no(value);
    if (!yes) return fail(ErrorCode::usage, fmt::format("'{}' is neither yes nor no", printable(value)));
    out = *yes;
    return {};
}

std::vector<std::string> list(std::string_view value) {
    std::string spaced(value);
    std::ranges::replace(spaced, ',', ' ');
    auto parts = words(spaced);
    return {parts.begin(), parts.end()};
}

// A key block stands in a stanza with a space before each line and " ." for an empty one.
std::string unfold_key(std::string_view value) {
    std::string out;
    for (auto line : value_lines(value)) out += fmt::format("{}\n", line == "." ? "" : line);
    return out;
}

Result<> read_signed_by(std::string_view value, Source& out) {
    if (value.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
        out.signed_by_key = unfold_key(value);
        return {};
    }
    for (const auto& path : list(value)) {
        if (!path.starts_with('/'))
            return fail(ErrorCode::unsupported,
                        fmt::format("'{}' must be the absolute path of a keyring; fingerprints are not supported",
                                    printable(path)));
        out.signed_by.emplace_back(path);
    }
    return {};
}

Result<> read_architectures(std::string_view value, Source& out) {
    out.architectures = list(value);
    for (const auto& architecture : out.architectures)
        if (!is_architecture(architecture))
            return fail(ErrorCode::usage, fmt::format("'{}' is not an architecture", printable(architecture)));
    return {};
}

Result<> read_by_hash(std::string_view value, Source& out) {
    if (value == "force") return {};
    return read_yes_no(value, out.by_hash);
}

constexpr auto options = std::to_array<Option>({
    {"arch", "Architectures", read_architectures},
    {"signed-by", "Signed-By", read_signed_by},
    {"trusted", "Trusted", [](std::string_view value, Source& out) { return read_yes_no(value, out.trusted); }},
    {"check-valid-until", "Check-Valid-Until",
     [](std::string_view value, Source& out) { return read_yes_no(value, out.check_valid_until); }},
    {"check-date", "Check-Date",
     [](std::string_view value, Source& out) { return read_yes_no(value, out.check_date); }},
    {"by-hash", "By-Hash", read_by_hash},
    {"lang", "Languages", nullptr},
    {"target", "Targets", nullptr},
    {"pdiffs", "PDiffs", nullptr},
});

Result<> apply(const Option& option, std::string_view name, std::string_view value, Source& source, Reader reader) {
    if (!option.read) return {};
    auto read = option.read(value, source);
    if (!read && reader == Reader::definition)
        return context(std::move(read), fmt::format("{}, {}", source.place, name));
    return {};  // apt judges the host's files
}

Result<> read_option(std::string_view text, Source& source, Reader reader) {
    auto equals = text.find('=');
    auto name = text.substr(0, equals);
    auto option = std::ranges::find(options, name, &Option::one_line);
    if (equals == std::string_view::npos || option == options.end()) {
        if (reader == Reader::host) return {};
        std::vector<std::string> known;
        for (const auto& each : options) known.emplace_back(each.one_line);
        return fail(ErrorCode::usage, fmt::format("{}: unknown option '{}'; the options are {}", source.place,
                                                  printable(text), join(known, "=, ") + "="));
    }
    return apply(*option, name, text.substr(equals + 1), source, reader);
}

std::string_view without_slash(std::string_view url) {
    while (url.ends_with('/') && !url.ends_with("://")) url.remove_suffix(1);
    return url;
}

// "deb [a=b c=d] URL SUITE COMPONENT…" after the word "deb".
Result<Source> parse_after_type(std::string_view rest, std::string_view place, Reader reader) {
    Source source;
    source.place = place;
    rest = trim(rest);
    if (rest.starts_with('[')) {
        auto end = rest.find(']');
        if (end == std::string_view::npos)
            return fail(ErrorCode::usage, fmt::format("{}: the options that '[' begins have no ']'", place));
        for (auto option : words(rest.substr(1, end - 1))) TRY(read_option(option, source, reader));
        rest = rest.substr(end + 1);
    }
    auto parts = words(rest);
    if (parts.size() < 2)
        return fail(ErrorCode::usage, fmt::format("{}: a source reads: deb [options] URL SUITE COMPONENT…", place));
    source.url = without_slash(parts[0]);
    source.suite = parts[1];
    source.components.assign(parts.begin() + 2, parts.end());
    return source;
}

Result<> check_for_definition(const Source& source) {
    TRY(context(net::parse_url(source.url), source.place));
    if (source.suite.ends_with('/'))
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: '{}' ends with '/', a flat repository without suites, which is not supported",
                                source.place, printable(source.suite)));
    if (source.components.empty())
        return fail(ErrorCode::usage, fmt::format("{}: no component is named after the suite '{}', such as main",
                                                  source.place, printable(source.suite)));
    std::vector<std::string> names = source.components;
    names.push_back(source.suite);
    for (const auto& name : names)
        if (name.starts_with('/') || name.contains("..") || printable(name) != name)
            return fail(ErrorCode::usage,
                        fmt::format("{}: '{}' is not the name of a suite or component", source.place, printable(name)));
    return {};
}

// A comment begins with '#' outside of brackets.
std::string_view without_comment(std::string_view line) {
    bool inside = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '[') inside = true;
        if (line[i] == ']') inside = false;
        if (line[i] == '#' && !inside) return line.substr(0, i);
    }
    return line;
}

bool has_word(std::string_view value, std::string_view word) { return std::ranges::count(words(value), word) > 0; }

Result<> read_stanza(const Stanza& stanza, std::string_view name, std::vector<Source>& out) {
    auto place = fmt::format("{}:{}", name, stanza.line());
    auto enabled = stanza.find("Enabled");
    if (enabled && parse_yes_no(*enabled) == false) return {};
    if (!has_word(stanza.find("Types").value_or(""), "deb")) return {};
    Source source;
    source.place = place;
    for (const auto& option : options)
        if (auto value = stanza.find(option.stanza)) TRY(apply(option, option.stanza, *value, source, Reader::host));
    for (auto component : words(stanza.find("Components").value_or(""))) source.components.emplace_back(component);
    for (auto url : words(stanza.find("URIs").value_or(""))) {
        for (auto suite : words(stanza.find("Suites").value_or(""))) {
            source.url = without_slash(url);
            source.suite = suite;
            out.push_back(source);
        }
    }
    return {};
}

}  // namespace

std::optional<bool> parse_yes_no(std::string_view text) {
    constexpr auto yes = std::to_array<std::string_view>({"yes", "true", "with", "on", "enable", "1"});
    constexpr auto no = std::to_array<std::string_view>({"no", "false", "without", "off", "disable", "0"});
    auto same = [&](std::string_view word) { return same_name(word, text); };
    if (std::ranges::any_of(yes, same)) return true;
    if (std::ranges::any_of(no, same)) return false;
    return std::nullopt;
}

Result<Source> parse_source_line(std::string_view line, std::string_view place) {
    line = trim(line);
    if (!line.starts_with("deb ") && !line.starts_with("deb["))
        return fail(ErrorCode::usage, fmt::format("{}: a Debian source begins with 'deb': {}", place, printable(line)));
    auto source = TRY(parse_after_type(line.substr(3), place, Reader::definition));
    TRY(check_for_definition(source));
    return source;
}

Result<std::vector<Source>> read_sources_list(std::string_view text, std::string_view name) {
    std::vector<Source> out;
    std::size_t number = 0;
    for (auto line : split(text, '\n')) {
        ++number;
        line = trim(without_comment(line));
        if (!line.starts_with("deb ") && !line.starts_with("deb\t") && !line.starts_with("deb[")) continue;
        out.push_back(TRY(parse_after_type(line.substr(3), fmt::format("{}:{}", name, number), Reader::host)));
    }
    return out;
}

Result<std::vector<Source>> read_sources_stanzas(std::string_view text, std::string_view name) {
    std::vector<Source> out;
    StanzaReader reader(text, name, Comments::allowed);
    Stanza stanza;
    while (TRY(reader.next(stanza))) TRY(read_stanza(stanza, name, out));
    return out;
}

Result<std::optional<ShortName>> parse_short_name(std::string_view text, std::string_view place) {
    auto colon = text.find(':');
    auto distribution = text.substr(0, colon);
    if (colon == std::string_view::npos || (distribution != "debian" && distribution != "ubuntu")) return std::nullopt;
    auto suite = text.substr(colon + 1);
    bool plain = !suite.empty() && std::ranges::all_of(suite, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
    if (!plain || suite.starts_with('.'))
        return fail(ErrorCode::usage, fmt::format("{}: '{}' is not a short name; one reads: {}:SUITE", place,
                                                  printable(text), distribution));
    return ShortName{std::string(distribution), std::string(suite)};
}

}  // namespace pith::pkg::deb
