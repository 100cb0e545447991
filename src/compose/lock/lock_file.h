// The lock file: what images of a definition are made of, as JSON beside it. docs/locks.md describes the format.
//
// Written deterministically: the same locks give the same bytes. Read strictly, since what it says decides what is
// fetched and where: every key is known and there, every value has its type and its bounds.
// Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "compose/lock.h"

namespace pith::compose {

// A change of the format that an older pith cannot read is a change of this number.
constexpr int lock_schema = 1;

// What a lock belongs to: a definition, and the variant and suite chosen of it ("" for none).
struct LockedChoice {
    std::string name, variant, suite;
    bool operator==(const LockedChoice&) const = default;
    [[nodiscard]] std::string text() const;  // "nginx --variant debug --suite bookworm"
};

struct LockFile {
    LockedChoice choice;
    Digest definition;        // choices_digest()
    int composition = 0;      // composition_version of the program that wrote it
    std::string compressor;   // archive::Compressor::identity()
    std::vector<Lock> locks;  // one an architecture, by its name

    [[nodiscard]] const Lock* find(std::string_view architecture) const;
};

// `locks` of one definition, made now.
[[nodiscard]] LockFile make_lock_file(const Definition& definition, LockedChoice choice, std::vector<Lock> locks);

// NAME[.VARIANT][.SUITE].lock.json beside the definition. A usage error if these cannot be part of a file's name.
[[nodiscard]] Result<std::filesystem::path> lock_path(const std::filesystem::path& definition,
                                                      const LockedChoice& choice);

// JSON with keys in a fixed order, ending in LF. No mirror's URL.
[[nodiscard]] std::string to_json(const LockFile& file);

// The reverse, but for what only the process that locked knew: repositories have no base_url, no proxy and the order
// in which the file has them, and packages have only what building needs (name, version, architecture, path, size,
// sha256). Limits: 32 MiB, 20,000 packages. Errors (format, limit, unsupported for another schema) read
// "NAME: /json/pointer: …".
[[nodiscard]] Result<LockFile> parse_lock_file(std::string_view text, const std::string& name);
[[nodiscard]] Result<LockFile> read_lock_file(const std::filesystem::path& path);

// Why the lock cannot be used for these architectures of the definition: what of it is no longer so. Empty: it can.
[[nodiscard]] std::string why_stale(const LockFile& file, const Definition& definition, const LockedChoice& choice,
                                    const std::vector<std::string>& architectures);

}  // namespace pith::compose
