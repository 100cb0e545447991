// Two inventories compared: what came, went and changed, in packages and files. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "inventory/inventory.h"

namespace pith::inventory {

// What is there on one side alone has no other; pointers lead into the inventories that were compared.
template <class T>
struct Change {
    const T* before = nullptr;
    const T* after = nullptr;
};

enum class FileChange { content, mode, owner, type, link };

struct ChangedFile {
    Change<File> file;
    std::vector<FileChange> what;  // empty for what came or went
};

struct Totals {
    std::size_t packages = 0, files = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> setuid, shells;  // paths of files with a setuid or setgid bit; of shells that can be run
};

struct Difference {
    std::vector<Change<Package>> packages;  // by name; those of the same version and architecture are left out
    std::vector<ChangedFile> files;         // by path; those that are alike are left out
    Totals before, after;
};

// Both must outlive what this gives.
[[nodiscard]] Difference compare(const Inventory& before, const Inventory& after);

[[nodiscard]] std::string_view to_text(FileChange change);

}  // namespace pith::inventory
