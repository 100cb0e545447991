#include "inventory/copyright.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "inventory/licence_names.h"
#include "pkg/deb/deb822.h"

namespace pith::inventory {

namespace {

using pkg::deb::Stanza;
using pkg::deb::StanzaReader;

constexpr std::size_t most_terms = 64;  // of one License line
constexpr std::size_t most_licences = 512;

std::string sanitised(std::string_view name) {
    std::string out;
    for (char c : name.substr(0, 64)) {
        bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
        if (stays)
            out += c;
        else if (!out.empty() && !out.ends_with('-'))
            out += '-';
    }
    while (out.ends_with('-')) out.pop_back();
    return out.empty() ? "licence" : out;
}

LicenceText reference(std::string_view name, std::string_view text) {
    LicenceText out{fmt::format("LicenseRef-Debian-{}-{}", sanitised(name), sha256(text).hex().substr(0, 8)),
                    std::string(name), std::string(text.substr(0, most_licence_text))};
    if (text.size() > most_licence_text) out.text += fmt::format("\n[cut at {}]", human_size(most_licence_text));
    return out;
}

// A License field: its first line names the licence, what follows is its text, indented by a space, with "." for an
// empty line.
std::string_view first_line(std::string_view value) { return trim(value.substr(0, value.find('\n'))); }

std::string text_of(std::string_view value) {
    auto end = value.find('\n');
    if (end == value.npos) return {};
    std::string out;
    for (auto line : split(value.substr(end + 1), '\n')) {
        if (line.starts_with(' ')) line.remove_prefix(1);
        while (line.ends_with('\r')) line.remove_suffix(1);
        if (line != ".") out += line;
        out += '\n';
    }
    return out;
}

// The licences of one file, as they come up.
class Licences {
public:
    explicit Licences(std::string_view source) : m_source(source) {}

    void add_text(std::string_view value) {
        if (auto text = text_of(value); !text.empty())
            m_texts.try_emplace(std::string(first_line(value)), std::move(text));
    }

    // "GPL-2+ or Artistic, and BSD-3-clause": a comma before the word binds weaker than the words alone, and "and"
    // binds stronger than "or".
    std::string expression(std::string_view line) {
        static constexpr std::pair<std::string_view, std::string_view> levels[] = {
            {", and ", " AND "}, {", or ", " OR "}, {" or ", " OR "}, {" and ", " AND "}};
        return expression(line, levels);
    }

    Copyright finish(const std::set<std::string>& lines) {
        std::set<std::string> parts;
        for (const auto& line : lines) parts.insert(expression(line));
        Copyright out;
        for (const auto& part : parts) {
            bool inner = part.contains(" OR ") && parts.size() > 1 && !part.starts_with('(');
            out.expression +=
                fmt::format("{}{}", out.expression.empty() ? "" : " AND ", inner ? "(" + part + ")" : part);
        }
        for (auto& [id, text] : m_references) out.texts.push_back(std::move(text));
        return out;
    }

private:
    using Level = std::pair<std::string_view, std::string_view>;

    std::string expression(std::string_view text, std::span<const Level> levels) {
        if (levels.empty()) return leaf(trim(text));
        auto parts = parts_at(text, levels[0].first);
        if (parts.size() == 1) return expression(text, levels.subspan(1));
        std::string out;
        for (auto part : parts) {
            auto inner = expression(part, levels.subspan(1));
            bool composed = (inner.contains(" OR ") || inner.contains(" AND ")) && !inner.starts_with('(');
            out += fmt::format("{}{}", out.empty() ? "" : levels[0].second, composed ? "(" + inner + ")" : inner);
        }
        return out;
    }

    static std::vector<std::string_view> parts_at(std::string_view text, std::string_view word) {
        std::vector<std::string_view> out;
        for (auto at = text.find(word); at != text.npos && out.size() < most_terms; at = text.find(word)) {
            out.push_back(text.substr(0, at));
            text.remove_prefix(at + word.size());
        }
        out.push_back(text);
        return out;
    }

    std::string leaf(std::string_view name) {
        if (auto spdx = spdx_name(name)) return *spdx;
        auto text = m_texts.find(name);
        auto made = reference(name, text != m_texts.end()
                                        ? text->second
                                        : fmt::format("(The copyright file of {} names the licence '{}' without its "
                                                      "text.)\n",
                                                      m_source, name));
        auto id = made.id;
        m_references.try_emplace(id, std::move(made));
        return id;
    }

    std::string m_source;
    std::map<std::string, std::string, std::less<>> m_texts;  // by short name
    std::map<std::string, LicenceText> m_references;
};

// False if the text is not machine-readable after all.
bool read_stanzas(std::string_view text, Licences& licences, std::set<std::string>& lines) {
    StanzaReader reader(text, "copyright", pkg::deb::Comments::allowed);
    Stanza stanza;
    for (bool first = true;; first = false) {
        auto more = reader.next(stanza);
        if (!more) return false;
        if (!*more) return !first;
        if (first && !stanza.find("Format") && !stanza.find("Format-Specification")) return false;
        auto licence = stanza.find("License");
        if (!licence) continue;
        licences.add_text(*licence);
        auto name = first_line(*licence);
        // A stanza without Files only gives a licence's text; the first one may speak for the whole package.
        if ((first || stanza.find("Files")) && !name.empty() && lines.size() < most_licences) lines.emplace(name);
    }
}

}  // namespace

Copyright read_copyright(std::string_view text, std::string_view source) {
    Licences licences(source);
    std::set<std::string> lines;
    if (read_stanzas(text, licences, lines) && !lines.empty()) return licences.finish(lines);
    auto whole = reference(source, text);
    return {whole.id, {whole}};
}

}  // namespace pith::inventory
