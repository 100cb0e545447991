// Debian's short names of licences → identifiers of the SPDX License List.
// Sources: Debian copyright-format 1.0, "License short name"; SPDX License List 3.28.0, Annexes A.1 and A.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pith::inventory {

// "GPL-2+" → "GPL-2.0-or-later", "Expat" → "MIT", "GPL-2+ with Libtool exception" → "GPL-2.0-or-later WITH
// Libtool-exception". Perl's licence is an expression, in parentheses. Nothing for a name that SPDX does not have.
[[nodiscard]] std::optional<std::string> spdx_name(std::string_view debian_name);

// Whether SPDX's list has exactly this identifier, perhaps with a "+" after it.
[[nodiscard]] bool is_spdx_id(std::string_view name);
// The same of an exception, which stands after WITH.
[[nodiscard]] bool is_spdx_exception(std::string_view name);

}  // namespace pith::inventory
