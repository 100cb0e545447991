// One pass over the text, a line at a time; a value is a view from its first line to its last.
#include "pkg/deb/deb822.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace pith::pkg::deb {

namespace {

constexpr std::size_t most_stanza = 1 * MiB, most_fields = 500, most_name = 128;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_name_character(char c) { return c > ' ' && c <= '~'; }  // a colon ends the name before it is asked

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

const Field* Stanza::field(std::string_view name) const {
    for (const auto& field : m_fields)
        if (same_name(field.name, name)) return &field;
    return nullptr;
}

std::optional<std::string_view> Stanza::find(std::string_view name) const {
    const auto* found = field(name);
    if (!found || found->value.empty()) return std::nullopt;
    return found->value;
}

std::unexpected<Error> StanzaReader::refuse(ErrorCode code, std::size_t line, std::string_view why) const {
    return fail(code, fmt::format("{}:{}: {}", m_name, line, why));
}

std::string_view StanzaReader::take_line() {
    auto end = m_rest.find('\n');
    auto line = m_rest.substr(0, end);
    m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
    ++m_line;
    return line;
}

Result<> StanzaReader::add_field(Stanza& stanza, std::string_view line) {
    auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return refuse(ErrorCode::format, m_line, fmt::format("a field without a colon: '{}'", printable(line, 60)));
    auto name = line.substr(0, colon);
    if (name.size() > most_name)
        return refuse(ErrorCode::limit, m_line, fmt::format("a field name of over {} bytes", most_name));
    if (name.empty() || name[0] == '#' || name[0] == '-' || !std::ranges::all_of(name, is_name_character))
        return refuse(ErrorCode::format, m_line, fmt::format("'{}' is not a field name", printable(name)));
    if (const auto* first = stanza.field(name))
        return refuse(ErrorCode::format, m_line,
                      fmt::format("the field '{}' stands in line {} already", name, first->line));
    if (stanza.m_fields.size() == most_fields)
        return refuse(ErrorCode::limit, m_line, fmt::format("a stanza of over {} fields", most_fields));
    if (stanza.m_fields.empty()) stanza.m_line = m_line;
    stanza.m_fields.push_back({name, trim(line.substr(colon + 1)), m_line});
    m_value = line.data() + colon + 1;
    m_interrupted = false;
    m_copy = nullptr;
    return {};
}

Result<> StanzaReader::add_continuation(Stanza& stanza, std::string_view line) {
    if (stanza.m_fields.empty())
        return refuse(ErrorCode::format, m_line, "a continuation line without a field before it");
    auto& value = stanza.m_fields.back().value;
    if (m_interrupted && !m_copy) m_copy = &stanza.m_uncommented.emplace_back(value);
    m_interrupted = false;
    if (m_copy) {
        m_copy->append("\n").append(line);
        value = trim(*m_copy);
    } else {
        value = trim({m_value, static_cast<std::size_t>(line.data() + line.size() - m_value)});
    }
    return {};
}

Result<bool> StanzaReader::next(Stanza& stanza) {
    stanza.m_fields.clear();
    stanza.m_uncommented.clear();
    const char* start = nullptr;
    while (!m_rest.empty()) {
        auto line = take_line();
        if (trim(line).empty()) {
            if (!stanza.m_fields.empty()) return true;
            start = nullptr;
            continue;
        }
        if (!start) start = line.data();
        if (static_cast<std::size_t>(line.data() + line.size() - start) > most_stanza)
            return refuse(ErrorCode::limit, m_line, fmt::format("a stanza of over {}", human_size(most_stanza)));
        if (line.find('\0') != std::string_view::npos) return refuse(ErrorCode::format, m_line, "a NUL byte");
        if (line[0] == '#' && m_comments == Comments::allowed)
            m_interrupted = true;
        else if (is_blank(line[0]))
            TRY(add_continuation(stanza, line));
        else
            TRY(add_field(stanza, line));
    }
    return !stanza.m_fields.empty();
}

std::vector<std::string_view> value_lines(std::string_view value) {
    std::vector<std::string_view> out;
    for (auto line : split(value, '\n'))
        if (auto inner = trim(line); !inner.empty()) out.push_back(inner);
    return out;
}

Result<Stanza> read_single_stanza(std::string_view text, std::string_view name) {
    StanzaReader reader(text, name);
    Stanza stanza, more;
    if (!TRY(reader.next(stanza))) return fail(ErrorCode::format, fmt::format("{}: there is no field in it", name));
    if (TRY(reader.next(more)))
        return fail(ErrorCode::format,
                    fmt::format("{}:{}: a second stanza, where only one may stand", name, more.line()));
    return stanza;
}

}  // namespace pith::pkg::deb
