// Feeds → database: fetches or opens each, keeps what did not change, and writes the database anew.
//
// A feed that fails leaves its old rows where there are any, and is named in what update() gives. A server is asked
// with the ETag and date of what the database has. Errors: those of writing; a single feed's are in its outcome.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "advisory/model.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "net/transfer.h"

namespace pith::advisory {

struct FeedSource {
    std::string name;                            // in the database; empty: made from its format and its file's name
    std::string place;                           // a URL, or a file
    std::vector<std::filesystem::path> records;  // instead of a place: the files of a folder that make one feed
    bool partial = false;  // it names only some packages; a Debian tracker with fewer than 1,000 sources always is
    std::string date;      // instead of the one it says itself
};

// What a file or folder holds: a feed a file, and one for all the records of a folder. Files of no known format are
// named in `others`.
[[nodiscard]] Result<std::vector<FeedSource>> sources_in(const std::filesystem::path& place,
                                                         std::vector<std::string>& others);

struct Outcome {
    enum class Kind { updated, unchanged, failed } kind = Kind::updated;
    Feed feed;
    std::optional<Error> error;
};

[[nodiscard]] Result<std::vector<Outcome>> update(const std::filesystem::path& database,
                                                  const std::vector<FeedSource>& sources, const net::Options& options,
                                                  ThreadPool& pool, Progress& progress);

}  // namespace pith::advisory
