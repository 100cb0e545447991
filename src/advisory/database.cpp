#include "advisory/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "advisory/schema.h"
#include "advisory/sqlite.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"

namespace pith::advisory {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_feeds = 100'000, most_streams = 1'000'000;

// "3 withdrawn", a line each.
std::map<std::string, std::uint64_t> read_skipped(std::string_view text) {
    std::map<std::string, std::uint64_t> out;
    for (auto line : split(text, '\n')) {
        auto space = line.find(' ');
        auto count = space == line.npos ? std::nullopt : parse_number(line.substr(0, space));
        if (count) out[std::string(line.substr(space + 1))] = *count;
    }
    return out;
}

// By name, each with its number in the file. Lists are not sorted by SQLite, which would take in all rows of a hostile
// file before it gives the first.
Result<std::vector<std::pair<Feed, std::int64_t>>> read_feeds(Sqlite& database) {
    auto rows =
        TRY(database.prepare("SELECT feed, name, format, source, digest, date, partial, records, skipped, etag, "
                             "last_modified FROM feeds"));
    std::vector<std::pair<Feed, std::int64_t>> out;
    while (TRY(rows.step())) {
        if (out.size() == most_feeds)
            return fail(ErrorCode::limit, fmt::format("it has more than {} feeds", most_feeds));
        Feed feed;
        feed.name = rows.text(1);
        feed.format = rows.text(2);
        feed.source = rows.text(3);
        feed.digest = rows.text(4);
        feed.date = rows.text(5);
        if (!is_date(feed.date))
            return fail(ErrorCode::format,
                        fmt::format("the day of the feed '{}' is '{}'", printable(feed.name), printable(feed.date)));
        feed.partial = rows.number(6) != 0;
        feed.records = static_cast<std::uint64_t>(rows.number(7));
        feed.skipped = read_skipped(rows.text(8));
        feed.etag = rows.text(9);
        feed.last_modified = rows.text(10);
        out.emplace_back(std::move(feed), rows.number(0));
    }
    std::ranges::sort(out, {}, [](const auto& each) { return std::tie(each.first.name, each.second); });
    return out;
}

Result<std::vector<Stream>> read_streams(Sqlite& database, const std::vector<std::int64_t>& feeds) {
    auto rows = TRY(database.prepare("SELECT stream, feed, name, packages FROM streams"));
    std::vector<Stream> out;
    while (TRY(rows.step())) {
        if (out.size() == most_streams)
            return fail(ErrorCode::limit, fmt::format("it has more than {} streams", most_streams));
        auto feed = std::ranges::find(feeds, rows.number(1));
        if (feed == feeds.end()) return fail(ErrorCode::format, "a stream belongs to no feed");
        out.push_back({rows.number(0), static_cast<std::size_t>(feed - feeds.begin()), std::string(rows.text(2)),
                       static_cast<std::uint64_t>(rows.number(3))});
    }
    std::ranges::sort(out, {}, [](const Stream& each) { return std::tie(each.name, each.feed, each.id); });
    return out;
}

Result<std::string> schema_of_new() {
    auto memory = TRY(Sqlite::create(":memory:"));
    TRY(memory.execute(std::string(schema_sql)));
    return memory.schema();
}

Result<std::int64_t> pragma(Sqlite& database, const char* name) {
    auto row = TRY(database.prepare(fmt::format("PRAGMA {}", name)));
    return TRY(row.step()) ? row.number(0) : 0;
}

// Before anything else is read: a hostile schema could make a plain question mean anything.
Result<> check_schema(Sqlite& database) {
    if (TRY(pragma(database, "application_id")) != database_mark)
        return fail(ErrorCode::format, "it is no advisory database of pith");
    if (auto version = TRY(pragma(database, "user_version")); version != schema_version)
        return fail(
            ErrorCode::unsupported,
            fmt::format("it has version {} of the format, and this pith reads version {}; make it anew with `pith "
                        "advisories update`",
                        version, schema_version));
    if (TRY(database.schema()) != TRY(schema_of_new()))
        return fail(ErrorCode::format,
                    "its tables are not those that pith makes: it was changed by something else; "
                    "remove it and run `pith advisories update`");
    return {};
}

}  // namespace

struct Database::State {
    Sqlite database;
    Statement claims, fact, release;
    std::vector<std::int64_t> feed_ids;
    std::vector<Feed> feeds;
    std::vector<Stream> streams;
    std::string identity;
};

Database::Database() : m_state(std::make_unique<State>()) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

fs::path Database::default_file() {
    auto variable = [](const char* name) -> std::string_view {
        const char* value = std::getenv(name);
        return value ? value : "";
    };
    constexpr auto name = "pith/advisories.db";
    if (auto xdg = variable("XDG_DATA_HOME"); !xdg.empty()) return fs::path(xdg) / name;
    if (auto home = variable("HOME"); !home.empty()) return fs::path(home) / ".local/share" / name;
    return fs::temp_directory_path() / name;
}

Result<Database> Database::open(const fs::path& file) {
    std::error_code unreachable;
    if (!fs::exists(file, unreachable))
        return fail(ErrorCode::not_found,
                    fmt::format("there is no advisory database '{}': make one with `pith advisories "
                                "update`",
                                file.string()));
    // SQLite would wait for what a pipe's writer says.
    if (!fs::is_regular_file(file, unreachable))
        return fail(ErrorCode::format, fmt::format("advisory database '{}': it is no regular file", file.string()));
    auto read = [&]() -> Result<Database> {
        Database out;
        auto& state = *out.m_state;
        state.database = TRY(Sqlite::open_to_read(file));
        TRY(check_schema(state.database));
        for (auto& [feed, id] : TRY(read_feeds(state.database))) {
            state.feeds.push_back(std::move(feed));
            state.feed_ids.push_back(id);
        }
        state.streams = TRY(read_streams(state.database, state.feed_ids));
        state.identity = identity_of(state.feeds);
        state.claims = TRY(state.database.prepare("SELECT claims FROM claims WHERE stream = ? AND package = ?"));
        state.fact = TRY(state.database.prepare("SELECT fact FROM facts WHERE feed = ? AND id = ?"));
        state.release =
            TRY(state.database.prepare("SELECT max(released), max(supported_until) FROM releases WHERE stream = ?"));
        return out;
    };
    return context(read(), fmt::format("advisory database '{}'", file.string()));
}

const std::vector<Feed>& Database::feeds() const { return m_state->feeds; }
const std::vector<Stream>& Database::streams() const { return m_state->streams; }
const std::string& Database::identity() const { return m_state->identity; }

Result<std::string_view> Database::claims(const Stream& stream, std::string_view package) {
    auto& row = m_state->claims;
    row.reset();
    row.bind(1, stream.id).bind(2, package);
    return TRY(row.step()) ? row.text(0) : std::string_view();
}

Result<std::string_view> Database::fact(std::size_t feed, std::string_view id) {
    auto& row = m_state->fact;
    row.reset();
    row.bind(1, m_state->feed_ids[feed]).bind(2, id);
    return TRY(row.step()) ? row.text(0) : std::string_view();
}

Result<std::optional<Release>> Database::release(std::string_view stream) {
    auto& row = m_state->release;
    row.reset();
    row.bind(1, stream);
    if (!TRY(row.step()) || (row.text(0).empty() && row.text(1).empty())) return std::nullopt;
    return std::optional(Release{std::string(stream), std::string(row.text(0)), std::string(row.text(1))});
}

std::string identity_of(const std::vector<Feed>& feeds) {
    Hasher hasher;
    hasher.update(fmt::format("{}\n{}\n", schema_version, schema_sql));
    for (const auto& feed : feeds)
        hasher.update(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", feed.name, feed.format, feed.source, feed.digest,
                                  feed.date, feed.partial));
    return hasher.digest().text();
}

}  // namespace pith::advisory
