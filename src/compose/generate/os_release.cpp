#include "compose/generate/os_release.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"

namespace pith::compose {

namespace {

constexpr std::size_t most_text = 64 * KiB;

bool is_letter_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_key(std::string_view key) {
    return !key.empty() && !(key[0] >= '0' && key[0] <= '9') && std::ranges::all_of(key, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// The value without its quotes; nothing where a shell would not read it as one plain word.
std::optional<std::string> unquote(std::string_view text) {
    if (text.size() >= 2 && text.starts_with('\'') && text.ends_with('\'')) {
        text = text.substr(1, text.size() - 2);
        return text.find('\'') == std::string_view::npos ? std::optional(std::string(text)) : std::nullopt;
    }
    bool is_quoted = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
    if (is_quoted) text = text.substr(1, text.size() - 2);
    constexpr std::string_view special = "\"'`$ \t;&|<>()", special_in_quotes = "\"`$";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            if (++i == text.size()) return std::nullopt;
        } else if ((is_quoted ? special_in_quotes : special).find(text[i]) != std::string_view::npos) {
            return std::nullopt;
        }
        out += text[i];
    }
    return out;
}

std::string quote(std::string_view value) {
    auto is_plain = [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; };
    if (std::ranges::all_of(value, is_plain)) return std::string(value);
    std::string out = "\"";
    for (char c : value) {
        if (c == '"' || c == '\\' || c == '$' || c == '`') out += '\\';
        out += c;
    }
    return out + '"';
}

struct Line {
    std::string_view text;
    std::string key, value;  // no key: a comment or an empty line
};

Result<std::vector<Line>> read_lines(std::string_view text) {
    if (text.size() > most_text)
        return fail(ErrorCode::limit, fmt::format("os-release is larger than {}", human_size(most_text)));
    std::vector<Line> out;
    for (auto line : split(text, '\n')) {
        auto content = trim(line);
        if (content.empty() || content.starts_with('#')) {
            out.push_back({line, "", ""});
            continue;
        }
        auto key = content.substr(0, content.find('='));
        auto value = key.size() < content.size() ? unquote(content.substr(key.size() + 1)) : std::nullopt;
        if (!is_key(key) || !value)
            return fail(ErrorCode::format,
                        fmt::format("os-release line {}: '{}' is not KEY=VALUE with the shell's quoting",
                                    out.size() + 1, printable(content, 80)));
        out.push_back({line, std::string(key), std::move(*value)});
    }
    if (out.back().text.empty()) out.pop_back();  // what follows the last line's end
    return out;
}

Result<> check(const std::string& key, std::string_view value) {
    if (!is_key(key))
        return fail(ErrorCode::usage,
                    fmt::format("os-release: '{}' cannot be a key: capital letters, digits and _ can", printable(key)));
    auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    if (value.size() > most_text / 16 || std::ranges::any_of(value, is_control))
        return fail(ErrorCode::usage,
                    fmt::format("os-release: the value of {} is longer than {} or holds a control character", key,
                                human_size(most_text / 16)));
    return {};
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> read_os_release(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> out;
    for (auto& line : TRY(read_lines(text)))
        if (!line.key.empty()) out.emplace_back(std::move(line.key), std::move(line.value));
    return out;
}

Result<std::string> edit_os_release(std::string_view text, const std::map<std::string, std::string>& values) {
    for (const auto& [key, value] : values) TRY(check(key, value));
    auto assignment = [](const auto& entry) { return fmt::format("{}={}\n", entry.first, quote(entry.second)); };
    std::string out;
    std::set<std::string> there;
    for (const auto& line : TRY(read_lines(text))) {
        auto changed = values.find(line.key);
        out += changed == values.end() ? std::string(line.text) + '\n' : assignment(*changed);
        there.insert(line.key);
    }
    for (const auto& entry : values)
        if (!there.contains(entry.first)) out += assignment(entry);
    return out;
}

}  // namespace pith::compose
