// What can be had: the packages of several indexes, looked up by name without reading them all.
//
// An Index is one immutable block of bytes (in memory or a mapped cache file): packages in a compact
// form, decoded one at a time, and sorted tables of names and of provided names. Opening one costs
// a bounds check, whatever its size; that is what makes a second start quick.
// Thread-safety: both are immutable once made and may be read from several threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "pkg/model.h"

namespace pith::pkg {

// Limits: an index stays under 4 GiB; the readers of repositories bound their input well below that.
class IndexBuilder {
public:
    void add(const Package& package);
    [[nodiscard]] Bytes finish() &&;  // the index's bytes; the same packages in the same order give the same bytes

private:
    Bytes m_records;
    std::vector<std::uint32_t> m_offsets;  // of each package in m_records
    std::vector<std::pair<std::string, std::uint32_t>> m_names, m_provides;
};

class Index {
public:
    // `owner` keeps `bytes` alive (a mapped file, a vector). A block that is not an index of this
    // version of pith, or one whose tables point outside it, is a format error.
    [[nodiscard]] static Result<Index> open(ByteView bytes, std::shared_ptr<const void> owner);

    [[nodiscard]] std::uint32_t size() const;
    [[nodiscard]] Result<Package> package(std::uint32_t position) const;
    // Positions of the packages with this name, and of those that provide it under another; ascending.
    [[nodiscard]] std::vector<std::uint32_t> named(std::string_view name) const;
    [[nodiscard]] std::vector<std::uint32_t> providing(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> names() const;  // sorted, once each

private:
    ByteView m_bytes;
    std::shared_ptr<const void> m_owner;
};

// Where an index came from, as it may be told: no mirror's URL (DESIGN, "The definition").
struct Repository {
    Format format = Format::deb;
    std::string name;          // "debian", "debian-security", or an id made from what the definition wrote
    std::string suite;         // "trixie", "trixie-updates"; empty for apk
    std::string component;     // "main"
    std::string architecture;  // of the index
    std::string date;          // Release: Date, RFC 3339
    Digest release_digest;     // of the signed file (InRelease, Release, or APKINDEX.tar.gz)
    std::string signed_by;     // fingerprint of the key that signed it
    int priority = 0;          // the order of the sources in the definition; breaks ties between equal versions
    unsigned entry = 0;        // which item of the definition's repositories it comes from, counted from 0
    // Where to fetch `Package::path` from, and by which proxy (see net::Request); they never leave the process.
    std::string base_url;
    std::optional<std::string> proxy;

    // Is it an index of what runs on `asked`? One of unknown architecture may be.
    [[nodiscard]] bool serves(std::string_view asked) const {
        return architecture.empty() || architecture == "all" || architecture == asked;
    }
};

struct PackageId {
    std::uint32_t repository = 0, position = 0;
    auto operator<=>(const PackageId&) const = default;
};

class Universe {
public:
    void add(Repository repository, Index index);

    [[nodiscard]] const std::vector<Repository>& repositories() const { return m_repositories; }
    [[nodiscard]] Result<Package> package(PackageId id) const;
    [[nodiscard]] std::vector<PackageId> named(std::string_view name) const;
    [[nodiscard]] std::vector<PackageId> providing(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> names() const;  // sorted, once each: for "did you mean"

private:
    std::vector<Repository> m_repositories;
    std::vector<Index> m_indexes;
};

}  // namespace pith::pkg
