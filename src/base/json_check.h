// JSON that comes from elsewhere is looked through before a tree is built of it: one that is too deep, too large, or
// says something twice is never built. Takes a time that grows with the text alone. Source: RFC 8259 (section 4: what a
// name that stands twice means differs from reader to reader).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace pith {

struct JsonLimits {
    int depth;                       // arrays and objects within one another
    std::size_t values = 1'000'000;  // of the whole document
    // Of the keys of one object, of which none may stand twice; without it keys are not looked at. A tree that keeps
    // their order compares each with all before it, so the pairs in all objects together are bounded too, by 64
    // million.
    std::optional<std::size_t> keys = 4'096;
};

// Errors call the document `what`: format (with line and column), or limit.
[[nodiscard]] Result<> check_json(std::string_view text, std::string_view what, const JsonLimits& limits);

}  // namespace pith
