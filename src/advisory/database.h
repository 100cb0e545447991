// The advisory database: one SQLite file that scans read and `pith advisories update` writes anew.
//
// Its identity is the digest of the schema and of what identifies each feed (name, format, source, digest, date,
// partial). A file that is damaged, hostile or written by another version is refused with what to do; nothing of it is
// guessed. Opening reads the lists of feeds and streams and nothing else. Thread-safety: an object belongs to one
// thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "advisory/feeds/feed_data.h"
#include "advisory/model.h"

namespace pith::advisory {

struct Stream {
    std::int64_t id = 0;
    std::size_t feed = 0;  // into Database::feeds()
    std::string name;
    std::uint64_t packages = 0;
};

class Database {
public:
    // $XDG_DATA_HOME/pith/advisories.db, else ~/.local/share/pith/advisories.db.
    [[nodiscard]] static std::filesystem::path default_file();
    // not_found where there is none; format for one that is not ours or damaged; unsupported for another version's.
    [[nodiscard]] static Result<Database> open(const std::filesystem::path& file);
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    [[nodiscard]] const std::vector<Feed>& feeds() const;  // by name
    [[nodiscard]] const std::vector<Stream>& streams() const;
    [[nodiscard]] const std::string& identity() const;  // "sha256:…"

    // The claims on a package, to be read by a ClaimReader; empty where the stream does not name it. The view ends with
    // the next question.
    [[nodiscard]] Result<std::string_view> claims(const Stream& stream, std::string_view package);
    // What a feed knows of a vulnerability; empty: nothing. The view ends with the next question.
    [[nodiscard]] Result<std::string_view> fact(std::size_t feed, std::string_view id);
    // The latest end that any feed gives for a release.
    [[nodiscard]] Result<std::optional<Release>> release(std::string_view stream);

private:
    Database();
    struct State;
    std::unique_ptr<State> m_state;
};

// A feed of the database to be: read anew, or kept as it is in the old database.
struct FeedToWrite {
    Feed feed;
    const FeedData* data = nullptr;  // null: kept
};

// Writes a new file beside `file` and renames it: whoever reads has the old one or the new one, whole. Kept feeds are
// copied from `file` itself. The same feeds give the same bytes.
[[nodiscard]] Result<> write_database(const std::filesystem::path& file, std::vector<FeedToWrite> feeds);

[[nodiscard]] std::string identity_of(const std::vector<Feed>& feeds);

}  // namespace pith::advisory
