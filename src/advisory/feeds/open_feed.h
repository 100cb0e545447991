// From a file, a folder or bytes that were fetched to what a feed says: decompressed, taken out of its archive,
// recognised and read, while another thread takes its digest.
//
// A feed is one document (plain, gzip, xz or zstd), or many records in a zip, a tar or a folder. Documents of another
// format than the first one's are counted as skipped. Limits: 8 GiB unpacked, 64 MiB a record, 2,000,000 records.
// Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "advisory/feeds/feed_data.h"

namespace pith::advisory::feeds {

struct Opened {
    std::string format;
    std::string digest;  // "sha256:…" of the bytes as they came; of a folder, of its names and digests
    FeedData data;
};

// `format` where it is known; empty: recognised. Errors: those of the readers; unsupported where none fits.
[[nodiscard]] Result<Opened> open_file(const std::filesystem::path& file, std::string_view format);
// The records in these files as one feed.
[[nodiscard]] Result<Opened> open_records(const std::vector<std::filesystem::path>& files, std::string_view format);

struct FileFormat {
    std::string name;      // empty: none that is known
    bool packed = false;   // an archive of records
    bool records = false;  // one of many that make a feed
};
[[nodiscard]] Result<FileFormat> format_of(const std::filesystem::path& file);

}  // namespace pith::advisory::feeds
