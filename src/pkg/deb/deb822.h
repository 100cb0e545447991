// Stanzas of fields: the text format of Debian's control files, Packages, Release and sources.
// Source: deb822(5). Lines of only spaces separate stanzas as empty ones do; lines may end with CR LF.
//
// Values are views of the text, not copies, so a Packages file streams at the speed of memory.
// Limits: 1 MiB and 500 fields a stanza, 128 bytes a field name.
// Errors (format, limit) read "NAME:LINE: …". Thread-safety: a reader and its stanza belong to one thread.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pith::pkg::deb {

struct Field {
    std::string_view name;   // as written; compare with same_name()
    std::string_view value;  // without white space at its ends; inside it, continuation lines stand as written
    std::size_t line = 0;    // of the name, counted from 1
};

// Field names know no case.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

class Stanza {
public:
    Stanza() = default;
    Stanza(Stanza&&) = default;
    Stanza& operator=(Stanza&&) = default;
    // The value of a field, or nothing if it is not there or empty.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] const Field* field(std::string_view name) const;
    [[nodiscard]] const std::vector<Field>& fields() const { return m_fields; }
    [[nodiscard]] std::size_t line() const { return m_line; }  // of its first field

private:
    friend class StanzaReader;
    std::vector<Field> m_fields;
    std::deque<std::string> m_uncommented;  // values that had comments between their lines
    std::size_t m_line = 0;
};

// Lines that begin with '#': allowed in files that people write (sources, preferences), refused in others.
enum class Comments { refused, allowed };

class StanzaReader {
public:
    // `text` outlives the stanzas; `name` is the file's name for messages.
    StanzaReader(std::string_view text, std::string_view name, Comments comments = Comments::refused)
        : m_rest(text), m_name(name), m_comments(comments) {}

    // Fills `stanza` with the next one, and is false at the end of the text.
    [[nodiscard]] Result<bool> next(Stanza& stanza);

private:
    [[nodiscard]] std::string_view take_line();
    [[nodiscard]] Result<> add_field(Stanza& stanza, std::string_view line);
    [[nodiscard]] Result<> add_continuation(Stanza& stanza, std::string_view line);
    [[nodiscard]] std::unexpected<Error> refuse(ErrorCode code, std::size_t line, std::string_view why) const;

    std::string_view m_rest;
    std::string m_name;
    Comments m_comments;
    std::size_t m_line = 0;  // of the line taken last

    // The value being read: where it starts, whether a comment stood after its last line, and its copy if one did.
    const char* m_value = nullptr;
    bool m_interrupted = false;
    std::string* m_copy = nullptr;
};

// The lines of a value, without white space around them; none of them is empty.
[[nodiscard]] std::vector<std::string_view> value_lines(std::string_view value);

// The one stanza of a text that must hold exactly one (DEBIAN/control, Release).
[[nodiscard]] Result<Stanza> read_single_stanza(std::string_view text, std::string_view name);

}  // namespace pith::pkg::deb
