// The readers of feeds: a table by format. Each takes one document and gives what it says to a FeedData.
//
// Sources of the formats are named in each reader. Whatever bytes a reader is given, it ends with an error (format,
// limit) or with what it could not take in counted. Thread-safety: functions without state.
#pragma once

#include <span>
#include <string_view>

#include "advisory/feeds/feed_data.h"
#include "base/bytes.h"

namespace pith::advisory::feeds {

// A document as a reader sees it; `mapped` where its bytes are a whole mapped file.
struct Document {
    std::string_view name;
    ByteView bytes;
    bool mapped = false;
};

struct Format {
    std::string_view name, what;
    // Words that its beginning holds, all of them.
    std::span<const std::string_view> marks;
    Result<> (*read)(const Document& document, FeedData& out);
    // A whole feed is many such documents: a folder of them, or an archive.
    bool records = false;
};

[[nodiscard]] std::span<const Format> formats();
[[nodiscard]] const Format* find_format(std::string_view name);
// By its first 64 KiB; null where no format is known.
[[nodiscard]] const Format* recognise(std::string_view text);
// Formats that are lines have no end of their own: a text that ends in the middle of a line was cut.
[[nodiscard]] Result<> check_last_line(const Document& document);

Result<> read_debian_tracker(const Document& document, FeedData& out);
Result<> read_secdb(const Document& document, FeedData& out);
Result<> read_wolfi_events(const Document& document, FeedData& out);
Result<> read_osv(const Document& document, FeedData& out);
Result<> read_nvd(const Document& document, FeedData& out);
Result<> read_kev(const Document& document, FeedData& out);
Result<> read_epss(const Document& document, FeedData& out);
Result<> read_ratings(const Document& document, FeedData& out);
Result<> read_distro_info(const Document& document, FeedData& out);
Result<> read_endoflife(const Document& document, FeedData& out);

}  // namespace pith::advisory::feeds
