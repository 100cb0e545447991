// Dependencies and provided names as apk writes them (apk-package(5) and apk-world(5)):
//
//   [!]NAME[OP VERSION][@PIN]     OP is one of < <= = >= > ~ =~
//
// NAME may carry a kind ("so:libz.so.1", "cmd:sh", "pc:zlib", "/bin/sh"); the kind is part of the name. A version
// is kept as written: "so:libc.so.6=6" provides version 6 (apko puts "0." before it, apk-tools does not), and it
// need not be valid, because real indexes carry what upstream wrote; version::apk orders any text.
//
// Limits: 512 bytes a name or version, 20,000 entries a list. Errors (format, limit, unsupported) quote the entry.
// Thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "pkg/model.h"

namespace pith::pkg::apk {

struct Dependency {
    Relation relation;
    bool conflict = false;  // "!name"
    bool operator==(const Dependency&) const = default;
};

// One dependency. The pin stands at the end, or behind the name ("name@edge=1.2"), as a world file has it.
[[nodiscard]] Result<Dependency> parse_dependency(std::string_view text);
// "NAME" or "NAME=VERSION"; '@' has no meaning here.
[[nodiscard]] Result<Provide> parse_provide(std::string_view text);

// Lists with white space between the entries.
[[nodiscard]] Result<std::vector<Dependency>> parse_dependencies(std::string_view list);
[[nodiscard]] Result<std::vector<Provide>> parse_provides(std::string_view list);

}  // namespace pith::pkg::apk
