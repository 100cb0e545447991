// A package's copyright file → an SPDX expression and the texts of licences that SPDX has no name for.
//
// Machine-readable files (Debian's copyright-format 1.0, once DEP-5): the licences of all their Files stanzas, joined
// by AND. Any other file is one licence of its own, with its whole text: nothing is guessed from words in it. A licence
// without an SPDX name is LicenseRef-Debian-NAME-HASH, the hash being of its text, so that equal names with different
// texts ("BSD-like") stay apart. Texts over 256 KiB are cut, and say so. Never fails. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inventory/inventory.h"

namespace pith::inventory {

constexpr std::uint64_t most_copyright_bytes = 1 * MiB;
constexpr std::uint64_t most_licence_text = 256 * KiB;

struct Copyright {
    std::string expression;
    std::vector<LicenceText> texts;  // those that the expression names, by id
};

// `source` names the package in the id of a file that is not machine-readable.
[[nodiscard]] Copyright read_copyright(std::string_view text, std::string_view source);

}  // namespace pith::inventory
