#include "advisory/lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pith::advisory {

namespace {

struct End {
    std::string_view stream, supported_until;
};

// From endoflife.date of 2026-08-22: the releases that ended since 2023 or later.
constexpr auto ends = std::to_array<End>({
    {"debian:13", "2030-06-30"},    {"debian:12", "2028-06-30"},    {"debian:11", "2026-08-31"},
    {"debian:10", "2024-06-30"},    {"ubuntu:26.04", "2031-04-30"}, {"ubuntu:25.10", "2026-07-01"},
    {"ubuntu:25.04", "2026-01-17"}, {"ubuntu:24.10", "2025-07-10"}, {"ubuntu:24.04", "2029-05-31"},
    {"ubuntu:23.10", "2024-07-12"}, {"ubuntu:23.04", "2024-01-20"}, {"ubuntu:22.10", "2023-07-20"},
    {"ubuntu:22.04", "2027-04-01"}, {"ubuntu:20.04", "2025-05-31"}, {"ubuntu:18.04", "2023-05-31"},
    {"alpine:3.24", "2028-06-01"},  {"alpine:3.23", "2027-11-01"},  {"alpine:3.22", "2027-05-01"},
    {"alpine:3.21", "2026-11-01"},  {"alpine:3.20", "2026-04-01"},  {"alpine:3.19", "2025-11-01"},
    {"alpine:3.18", "2025-05-09"},  {"alpine:3.17", "2024-11-22"},  {"alpine:3.16", "2024-05-23"},
    {"alpine:3.15", "2023-11-01"},  {"alpine:3.14", "2023-05-01"},  {"almalinux:10", "2035-05-31"},
    {"almalinux:9", "2032-05-31"},  {"almalinux:8", "2029-05-31"},  {"rocky:10", "2035-05-31"},
    {"rocky:9", "2032-05-31"},      {"rocky:8", "2029-05-31"},
});

}  // namespace

Result<std::string> end_of_life(Database& database, const std::string& stream, const std::string& as_of) {
    if (stream.find(':') == std::string::npos) return std::string();  // rolling
    auto release = TRY(database.release(stream));
    std::string until = release ? release->supported_until : std::string();
    if (const auto* found = std::ranges::find(ends, stream, &End::stream); until.empty() && found != ends.end())
        until = found->supported_until;
    // A release that has begun and has no end yet is one that is being made.
    if (until.empty() && release && !release->released.empty()) return std::string();
    if (until.empty()) return fmt::format("whether {} is still supported is not known", stream);
    if (until < as_of) return fmt::format("{} has been without security support since {}", stream, until);
    return std::string();
}

}  // namespace pith::advisory
