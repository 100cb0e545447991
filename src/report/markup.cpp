#include "report/markup.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pith::report {

namespace {

// C1's controls, marks and overrides of direction, and what XML does not allow (XML 1.0, section 2.2).
bool is_unwanted(std::string_view character) {
    constexpr std::array<std::string_view, 13> directions = {"\u200e", "\u200f", "\u2028", "\u2029", "\u202a",
                                                             "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                                                             "\u2067", "\u2068", "\u2069"};
    if (character == "\uFFFE" || character == "\uFFFF") return true;
    return (character >= "\u0080" && character <= "\u009f") ||
           std::ranges::find(directions, character) != directions.end();
}

}  // namespace

std::string xml_text(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto character = text.substr(0, std::max<std::size_t>(1, utf8_length(text)));
        text.remove_prefix(character.size());
        switch (character[0]) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += character.size() == 1 || is_unwanted(character) ? printable(character) : character;
        }
    }
    return out;
}

std::string markdown_text(std::string_view printable) {
    std::string out;
    for (char c : printable) {
        if (std::string_view("|*_`<>[]\\").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace pith::report
