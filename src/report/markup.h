// Hostile text inside the marks of other languages, where nothing of it is a mark. Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace pith::report {

// For elements and for attributes in double quotes of XML and HTML, both in UTF-8. Characters that are controls, or
// turn the direction of the text, and bytes that are no UTF-8 become "\xNN".
[[nodiscard]] std::string xml_text(std::string_view text);

// Printable text for a cell of a table: no bar, no mark-up (GitHub Flavored Markdown, 4.10).
[[nodiscard]] std::string markdown_text(std::string_view printable);

}  // namespace pith::report
