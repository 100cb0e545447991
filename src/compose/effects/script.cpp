#include "compose/effects/script.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace pith::compose {

namespace {

constexpr std::size_t most_bytes = MiB, most_lines = 20'000;

struct RawLine {
    int number = 0;
    std::string_view text;
};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view skip_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

bool starts_comment(std::string_view line) { return skip_blanks(line).starts_with('#'); }

// The helper of "# Automatically added by dh_installinit/13.11.4", in regular expressions:
// ^[ \t]*# Automatically added by (dh_[A-Za-z0-9_-]+)(/\S+)?[ \t]*:?$
std::optional<std::string_view> opened_by(std::string_view line) {
    constexpr std::string_view mark = "# Automatically added by ";
    line = skip_blanks(line);
    if (!line.starts_with(mark)) return std::nullopt;
    line.remove_prefix(mark.size());
    auto in_name = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
    auto end = std::find_if_not(line.begin(), line.end(),
                                [&](char c) { return in_name(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
    auto helper = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    if (!helper.starts_with("dh_") || helper.size() == 3) return std::nullopt;
    line.remove_prefix(helper.size());
    if (line.starts_with('/')) {
        auto version_end = std::find_if(line.begin(), line.end(), is_space);
        if (version_end - line.begin() < 2) return std::nullopt;
        line.remove_prefix(static_cast<std::size_t>(version_end - line.begin()));
    }
    line = skip_blanks(line);
    if (!line.empty() && line != ":") return std::nullopt;
    return helper;
}

bool closes_section(std::string_view line) {
    constexpr std::string_view mark = "# End automatically added section";
    line = skip_blanks(line);
    return line.starts_with(mark) && skip_blanks(line.substr(mark.size())).empty();
}

// "set -e" or "set -e;" alone on a line that has no trailing blanks any more.
bool only_sets_errexit(std::string_view line) {
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    return line == "set -e" || line == "set -e;";
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    if (from.empty()) return;
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

bool in_package_word(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '+' || c == '_' || c == '-';
}

std::string replace_word(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    std::size_t done = 0;
    for (auto at = text.find(from); !from.empty() && at != std::string_view::npos; at = text.find(from, at)) {
        auto end = at + from.size();
        bool whole = (at == 0 || !in_package_word(text[at - 1])) && (end == text.size() || !in_package_word(text[end]));
        if (!whole) {
            ++at;
            continue;
        }
        out.append(text.substr(done, at - done)).append(to);
        done = at = end;
    }
    return out.append(text.substr(done));
}

// Steps 5 to 7. No name or version holds a line feed, so that a line at a time gives the same as the whole text.
std::string without_own_names(const MaintainerScript& script, std::string_view line) {
    std::string out(line);
    replace_all(out, script.version, "@VER@");
    if (auto colon = script.version.find(':'); colon != std::string::npos)
        replace_all(out, std::string_view(script.version).substr(colon + 1), "@VER@");
    if (script.architecture != "all") {
        replace_all(out, multiarch_triplet(script.architecture), "@TRIPLET@");
        replace_all(out, script.architecture, "@ARCH@");
    }
    return replace_word(out, script.package, "@PKG@");
}

// Steps 2 to 7 over the lines of one part.
void clean(const MaintainerScript& script, const std::vector<RawLine>& lines, ScriptPart& part) {
    const bool here_document = std::any_of(
        lines.begin(), lines.end(), [](const RawLine& line) { return line.text.find("<<") != std::string_view::npos; });
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto text = lines[i].text;
        if (i == 0 && text.starts_with("#!")) continue;
        text = text.substr(0, text.find_last_not_of(" \t\r") + 1);
        if (text.empty() || only_sets_errexit(text) || (!here_document && starts_comment(text))) continue;
        part.lines.push_back({lines[i].number, std::string(text), without_own_names(script, text)});
    }
    Hasher hasher;
    for (std::size_t i = 0; i < part.lines.size(); ++i) {
        if (i > 0) hasher.update("\n");
        hasher.update(part.lines[i].normal);
    }
    part.digest = hasher.digest();
}

}  // namespace

std::string_view multiarch_triplet(std::string_view architecture) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> triplets{{
        {"amd64", "x86_64-linux-gnu"},
        {"arm64", "aarch64-linux-gnu"},
        {"armel", "arm-linux-gnueabi"},
        {"armhf", "arm-linux-gnueabihf"},
        {"i386", "i386-linux-gnu"},
        {"loong64", "loongarch64-linux-gnu"},
        {"mips64el", "mips64el-linux-gnuabi64"},
        {"ppc64el", "powerpc64le-linux-gnu"},
        {"riscv64", "riscv64-linux-gnu"},
        {"s390x", "s390x-linux-gnu"},
    }};
    auto it =
        std::find_if(triplets.begin(), triplets.end(), [&](const auto& row) { return row.first == architecture; });
    return it == triplets.end() ? std::string_view{} : it->second;
}

std::string with_own_names(const MaintainerScript& script, std::string_view text) {
    std::string out(text);
    replace_all(out, "@VER@", script.version);
    replace_all(out, "@TRIPLET@", multiarch_triplet(script.architecture));
    replace_all(out, "@ARCH@", script.architecture);
    replace_all(out, "@PKG@", script.package);
    return out;
}

Result<NormalScript> normalise(const MaintainerScript& script) {
    if (script.text.size() > most_bytes)
        return fail(ErrorCode::limit, fmt::format("{} is larger than {}, the most that is read of a script",
                                                  script.name(), human_size(most_bytes)));
    auto lines = split(script.text, '\n');
    if (lines.size() > most_lines)
        return fail(ErrorCode::limit, fmt::format("{} has more than {} lines, the most that are read of a script",
                                                  script.name(), most_lines));

    NormalScript out;
    std::vector<RawLine> outside, inside;
    int opened_at = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const int number = static_cast<int>(i) + 1;
        if (opened_at > 0 && closes_section(lines[i])) {
            clean(script, inside, out.sections.back());
            inside.clear();
            opened_at = 0;
        } else if (opened_at > 0) {
            inside.push_back({number, lines[i]});
        } else if (auto helper = opened_by(lines[i])) {
            out.sections.push_back({std::string(*helper), {}, {}});
            opened_at = number;
        } else {
            outside.push_back({number, lines[i]});
        }
    }
    if (opened_at > 0)
        return fail(
            ErrorCode::format,
            fmt::format("{}, line {}: the section of {} is never closed (\"# End automatically added section\")",
                        script.name(), opened_at, out.sections.back().helper));
    clean(script, outside, out.remainder);
    return out;
}

}  // namespace pith::compose
