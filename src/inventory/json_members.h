// Of a JSON text, the members that a reader asks for.
//
// Bills of materials are mostly lists of files and relations that nobody here asks for. What is not asked for is passed
// over, and only its quotes and brackets are looked at; what is left is small, and for a parser to judge.
// Limits: 64 levels. Errors: format (not JSON), limit. Thread-safety: a function without state.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pith::inventory {

enum class Memory { held, mapped };  // of a mapped file (base/file.h), the pages that were passed are given back

// The text with those members alone, of objects at any depth, whose names are among these. A name that is written with
// escapes stays as well; one that stands twice in an object is an error.
[[nodiscard]] Result<std::string> keep_members(std::string_view text, std::span<const std::string_view> names,
                                               Memory memory);

}  // namespace pith::inventory
