// What Go writes into a program about its build. Source: the Go standard library's documentation of debug/buildinfo and
// runtime/debug.BuildInfo; cmd/link's layout of .go.buildinfo since Go 1.18 (both texts inline), and before (pointers).
// Limits: texts of 16 MiB, 20,000 modules. Thread-safety: functions without state.
#pragma once

#include <optional>

#include "inventory/packages/elf_sections.h"
#include "inventory/packages/reader.h"

namespace pith::inventory::packages {

struct GoBuild {
    std::string version;  // "go1.22.1"
    std::string modules;  // lines "path", "mod", "dep", "=>", "build"
};
[[nodiscard]] std::optional<GoBuild> find_go_build(const ElfFile& file);

// The main module, what it was built from, and the standard library.
[[nodiscard]] std::vector<InstalledPackage> go_packages(std::string_view version, std::string_view modules,
                                                        const std::string& path);

}  // namespace pith::inventory::packages
