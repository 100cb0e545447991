// The cache on disk: content-addressed blobs, and small records that lead from a key to a fact.
//
//   DIR/blobs/sha256/ab/abcdef…   a blob under its own digest
//   DIR/records/KIND/ab/abcdef…   a record: the SHA-256 of its payload in hex, LF, the payload
//
// Whatever is read is checked against its digest first; an entry that does not hold is removed and
// reported as absent, so it is made anew. Entries appear whole (temporary name, rename), so several
// processes may share one cache. Thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/file.h"

namespace pith {

class Cache {
public:
    // Makes the folder if it is missing.
    [[nodiscard]] static Result<Cache> open(std::filesystem::path folder);
    // $PITH_CACHE_DIR, else $XDG_CACHE_HOME/pith, else ~/.cache/pith.
    [[nodiscard]] static std::filesystem::path default_folder();

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

    // Where a blob stands or would stand; says nothing about whether it is there.
    [[nodiscard]] std::filesystem::path blob_path(const Digest& digest) const;
    // The verified blob, or nothing if it is absent or damaged. Hashes the whole blob.
    [[nodiscard]] std::optional<MappedFile> blob(const Digest& digest) const;
    [[nodiscard]] Result<Digest> put_blob(ByteView bytes) const;
    // A writer whose commit makes the blob appear; the caller vouches for the digest.
    [[nodiscard]] Result<FileWriter> blob_writer(const Digest& digest) const;

    // Makes a finished file of the same file system the blob, by renaming it; the caller vouches for the digest.
    [[nodiscard]] Result<> adopt_blob(const Digest& digest, const std::filesystem::path& file) const;

    [[nodiscard]] std::optional<std::string> record(std::string_view kind, const Digest& key) const;
    [[nodiscard]] Result<> put_record(std::string_view kind, const Digest& key, std::string_view payload) const;
    // A record's payload mapped rather than read, for large ones; `offset` bytes of header precede it.
    struct MappedRecord {
        MappedFile file;
        ByteView payload;
    };
    [[nodiscard]] std::optional<MappedRecord> mapped_record(std::string_view kind, const Digest& key) const;

    // A folder for partial downloads, kept between runs so that they can be resumed.
    [[nodiscard]] std::filesystem::path partial_folder() const { return m_folder / "partial"; }

    struct Usage {
        std::string kind;  // "blobs", "records/members", …
        std::uint64_t files = 0, bytes = 0;
    };
    [[nodiscard]] Result<std::vector<Usage>> usage() const;  // sorted by kind
    [[nodiscard]] Result<> clear() const;                    // removes every entry

private:
    explicit Cache(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    [[nodiscard]] std::filesystem::path record_path(std::string_view kind, const Digest& key) const;
    std::filesystem::path m_folder;
};

}  // namespace pith
