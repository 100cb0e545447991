#include "inventory/declared_licence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "inventory/licence_names.h"

namespace pith::inventory {

namespace {

constexpr std::size_t most_expression = 2048;

// Names joined by operators, with parentheses: a name is followed by an operator or ")", all else by a name or "(". A
// name may have an exception (SPDX 2.3, annex D: "WITH" binds closest).
bool is_expression(std::string_view text) {
    std::string spaced;
    for (char c : text) spaced += c == '(' || c == ')' ? fmt::format(" {} ", c) : std::string(1, c);
    int depth = 0;
    bool wants_name = true;
    std::string_view before;
    for (auto word : words(spaced)) {
        if (word == "(") {
            if (!wants_name) return false;
            ++depth;
        } else if (word == ")") {
            if (wants_name || --depth < 0) return false;
        } else if (word == "AND" || word == "OR") {
            if (wants_name) return false;
            wants_name = true;
        } else if (word == "WITH") {
            if (!is_spdx_id(before)) return false;
        } else if (before == "WITH") {
            if (!is_spdx_exception(word)) return false;
        } else {
            if (!wants_name || !is_spdx_id(word)) return false;
            wants_name = false;
        }
        before = word;
    }
    return !wants_name && depth == 0 && before != "WITH";
}

}  // namespace

Copyright declared_licence(std::string_view text) {
    text = trim(text).substr(0, most_expression);
    if (text.empty()) return {};
    if (is_expression(text)) return {std::string(text), {}};
    LicenceText own{fmt::format("LicenseRef-declared-{}", sha256(text).hex().substr(0, 12)), printable(text),
                    fmt::format("The package's metadata declares: {}\n", printable(text, most_expression))};
    return {own.id, {own}};
}

}  // namespace pith::inventory
