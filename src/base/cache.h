// The cache on disk: content-addressed blobs, and small records that lead from a key to a fact.
//
//   DIR/blobs/sha256/ab/abcdef…   a blob under its own digest
//   DIR/records/KIND/ab/abcdef…   a record: the XXH3-128 of its payload in hex, LF, the payload
//
//   DIR/partial/…                 downloads that were cut, to be resumed
//   DIR/processes/…               one locked file for each process that uses the cache
//   DIR/size                      how much it holds, about (cache_upkeep.h)
//   DIR/lock                      held while entries are evicted (cache_upkeep.h), and while a process comes
//
// A record's checksum tells damage, not malice, which could write the checksum as well; so a fast one does.
//
// Whatever is read is checked against its digest first; an entry that does not hold is removed and
// reported as absent, so it is made anew. Entries appear whole (temporary name, rename), so several
// processes may share one cache; they are not synced, since damage is noticed. Thread-safe.
//
// The time of a file is that of its last use. What a running process has used is no older than the process's own file,
// and that is what eviction leaves alone.
//
// A cache that can only be read serves what it holds: a record that cannot be kept is made again the next
// time, and where a blob is missing that is an error.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/file.h"

namespace pith {

class CacheUse;

class Cache {
public:
    // Makes the folder if it is missing, and counts this process among its users until the last copy is gone.
    [[nodiscard]] static Result<Cache> open(std::filesystem::path folder);
    // $XDG_CACHE_HOME/pith, else ~/.cache/pith.
    [[nodiscard]] static std::filesystem::path default_folder();

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

    // Where a blob stands or would stand; says nothing about whether it is there.
    [[nodiscard]] std::filesystem::path blob_path(const Digest& digest) const;
    // The verified blob, or nothing if it is absent or damaged. Hashes the whole blob.
    [[nodiscard]] std::optional<MappedFile> blob(const Digest& digest) const;
    // The size of what stands in a blob's place, which then counts as used; its digest is not checked.
    [[nodiscard]] std::optional<std::uint64_t> blob_size(const Digest& digest) const;
    // One that is there and whole is used and not written again.
    [[nodiscard]] Result<Digest> put_blob(ByteView bytes) const;

    // Makes a finished file of the same file system the blob, by renaming it; the caller vouches for the digest, and
    // gives up any lock on it soon after, because readers wait for that.
    [[nodiscard]] Result<> adopt_blob(const Digest& digest, const std::filesystem::path& file) const;

    [[nodiscard]] std::optional<std::string> record(std::string_view kind, const Digest& key) const;
    [[nodiscard]] Result<> put_record(std::string_view kind, const Digest& key, std::string_view payload) const;
    // Of a record's whole file: does its payload have the checksum that stands before it?
    [[nodiscard]] static bool record_holds(ByteView file);
    // A record's payload mapped rather than read, for large ones; `offset` bytes of header precede it.
    struct MappedRecord {
        MappedFile file;
        ByteView payload;
    };
    [[nodiscard]] std::optional<MappedRecord> mapped_record(std::string_view kind, const Digest& key) const;

    // A folder for partial downloads, kept between runs so that they can be resumed.
    [[nodiscard]] std::filesystem::path partial_folder() const { return m_folder / "partial"; }

    [[nodiscard]] bool read_only() const;
    // io error that says so if the cache can only be read; `what` is missing in it ("3 packages are").
    [[nodiscard]] Result<> check_writable(std::string_view what) const;
    [[nodiscard]] std::uint64_t written() const;  // the bytes that were added through this object and its copies
    [[nodiscard]] const CacheUse& use() const { return *m_use; }

private:
    Cache(std::filesystem::path folder, std::shared_ptr<CacheUse> use);
    [[nodiscard]] std::filesystem::path record_path(std::string_view kind, const Digest& key) const;
    // Opens an entry and counts it as used now; nothing if it is not there.
    [[nodiscard]] Fd open_used(const std::filesystem::path& path) const;
    std::filesystem::path m_folder;
    std::shared_ptr<CacheUse> m_use;
};

}  // namespace pith
