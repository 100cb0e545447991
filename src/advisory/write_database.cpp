// Writes a database whole: rows in the order of their keys, which SQLite then only appends.
#include <fmt/format.h>

#include <algorithm>

#include "advisory/database.h"
#include "advisory/schema.h"
#include "advisory/sqlite.h"
#include "base/file.h"

namespace pith::advisory {

namespace {

std::string skipped_lines(const Feed& feed) {
    std::string out;
    for (const auto& [reason, count] : feed.skipped) out += fmt::format("{} {}\n", count, reason);
    return out;
}

// The entries of an unordered map by key.
std::vector<const FeedData::Map<std::string>::value_type*> sorted(const FeedData::Map<std::string>& map) {
    std::vector<const FeedData::Map<std::string>::value_type*> out;
    out.reserve(map.size());
    for (const auto& entry : map) out.push_back(&entry);
    std::ranges::sort(out, {}, [](const auto* entry) -> const std::string& { return entry->first; });
    return out;
}

class Writer {
public:
    static Result<Writer> begin(const std::filesystem::path& file, const std::filesystem::path& old) {
        Writer out;
        out.m_database = TRY(Sqlite::create(file));
        auto& database = out.m_database;
        if (!old.empty()) TRY(out.attach(old));
        TRY(database.execute(
            fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", database_mark, schema_version)));
        TRY(database.execute(std::string(schema_sql)));
        TRY(database.execute("BEGIN"));
        out.m_feed = TRY(database.prepare("INSERT INTO feeds VALUES(?,?,?,?,?,?,?,?,?,?,?)"));
        out.m_stream = TRY(database.prepare("INSERT INTO streams VALUES(?,?,?,?)"));
        out.m_claims = TRY(database.prepare("INSERT INTO claims VALUES(?,?,?)"));
        out.m_fact = TRY(database.prepare("INSERT INTO facts VALUES(?,?,?)"));
        out.m_release = TRY(database.prepare("INSERT OR REPLACE INTO releases VALUES(?,?,?,?)"));
        return out;
    }

    Result<> add(const FeedToWrite& entry) {
        TRY(add_feed(entry.feed));
        return entry.data ? add_data(*entry.data) : copy(entry.feed.name);
    }

    Result<> end() {
        for (auto* each : {&m_feed, &m_stream, &m_claims, &m_fact, &m_release}) *each = Statement();
        TRY(m_database.execute("COMMIT"));
        return m_database.close();
    }

private:
    Result<> attach(const std::filesystem::path& old) {
        auto attach = TRY(m_database.prepare("ATTACH ? AS old"));
        auto name = old.string();
        attach.bind(1, std::string_view(name));
        return attach.run();
    }

    Result<> add_feed(const Feed& feed) {
        ++m_feed_id;
        auto skipped = skipped_lines(feed);
        m_feed.bind(1, m_feed_id).bind(2, feed.name).bind(3, feed.format).bind(4, feed.source).bind(5, feed.digest);
        m_feed.bind(6, feed.date).bind(7, std::int64_t{feed.partial}).bind(8, static_cast<std::int64_t>(feed.records));
        m_feed.bind(9, std::string_view(skipped)).bind(10, feed.etag).bind(11, feed.last_modified);
        return m_feed.run();
    }

    Result<> add_data(const FeedData& data) {
        for (const auto& [name, packages] : data.claims()) {
            m_stream.bind(1, ++m_stream_id).bind(2, m_feed_id).bind(3, name);
            m_stream.bind(4, static_cast<std::int64_t>(packages.size()));
            TRY(m_stream.run());
            for (const auto* package : sorted(packages)) {
                m_claims.bind(1, m_stream_id).bind(2, package->first).bind_blob(3, package->second);
                TRY(m_claims.run());
            }
        }
        for (const auto* fact : sorted(data.facts())) {
            m_fact.bind(1, m_feed_id).bind(2, fact->first).bind_blob(3, fact->second);
            TRY(m_fact.run());
        }
        for (const auto& release : data.releases()) {
            m_release.bind(1, m_feed_id).bind(2, release.stream).bind(3, release.released);
            m_release.bind(4, release.supported_until);
            TRY(m_release.run());
        }
        return {};
    }

    // Streams are numbered anew, so that the same feeds give the same file whatever was there before.
    Result<> copy(std::string_view name) {
        auto streams = TRY(m_database.prepare(
            "SELECT s.stream, s.name, s.packages FROM old.streams s JOIN old.feeds f USING(feed) WHERE f.name = ? "
            "ORDER BY s.name"));
        streams.bind(1, name);
        auto claims =
            TRY(m_database.prepare("INSERT INTO claims SELECT ?, package, claims FROM old.claims WHERE stream = ? "
                                   "ORDER BY package"));
        while (TRY(streams.step())) {
            auto stream_name = std::string(streams.text(1));
            m_stream.bind(1, ++m_stream_id)
                .bind(2, m_feed_id)
                .bind(3, std::string_view(stream_name))
                .bind(4, streams.number(2));
            TRY(m_stream.run());
            claims.bind(1, m_stream_id).bind(2, streams.number(0));
            TRY(claims.run());
        }
        for (const char* sql :
             {"INSERT INTO facts SELECT ?, id, fact FROM old.facts JOIN old.feeds f USING(feed) WHERE "
              "f.name = ? ORDER BY id",
              "INSERT INTO releases SELECT ?, stream, released, supported_until FROM old.releases JOIN "
              "old.feeds f USING(feed) WHERE f.name = ? ORDER BY stream"}) {
            auto rows = TRY(m_database.prepare(sql));
            rows.bind(1, m_feed_id).bind(2, name);
            TRY(rows.run());
        }
        return {};
    }

    Sqlite m_database;
    Statement m_feed, m_stream, m_claims, m_fact, m_release;
    std::int64_t m_feed_id = 0, m_stream_id = 0;
};

}  // namespace

Result<> write_database(const std::filesystem::path& file, std::vector<FeedToWrite> feeds) {
    std::ranges::sort(feeds, {}, [](const FeedToWrite& each) -> const std::string& { return each.feed.name; });
    bool keeps = std::ranges::any_of(feeds, [](const FeedToWrite& each) { return each.data == nullptr; });
    // SQLite fills the empty file that is then renamed as a whole.
    auto out = TRY(FileWriter::create(file));
    auto writer = TRY(Writer::begin(out.temporary(), keeps ? file : std::filesystem::path()));
    for (const auto& each : feeds) TRY(context(writer.add(each), fmt::format("feed '{}'", each.feed.name)));
    TRY(writer.end());
    return out.commit();
}

}  // namespace pith::advisory
