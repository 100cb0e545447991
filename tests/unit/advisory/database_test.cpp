// The database: what goes in comes out, the same feeds give the same bytes, and what is not ours is refused.
#include "advisory/database.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "advisory/feeds/open_feed.h"
#include "advisory/update.h"
#include "unit/advisory/feeds.h"

namespace pith::advisory {
namespace {

using namespace pith::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const std::string tracker = R"({"bash": {"CVE-1": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}}})";
const std::string kev = R"({"vulnerabilities": [{"cveID": "CVE-1", "dateAdded": "2026-08-01"}]})";

TEST(Database, GivesBackClaimsAndFacts) {
    Scratch scratch;
    auto database = database_of({{"debian", tracker}, {"kev", kev}}, scratch / "a.db");
    ASSERT_OK(database);
    ASSERT_THAT(database->feeds(), SizeIs(2));
    EXPECT_EQ(database->feeds()[1].name, "kev");
    ASSERT_THAT(database->streams(), SizeIs(1));
    EXPECT_EQ(database->streams()[0].name, "debian:12");
    auto blob = database->claims(database->streams()[0], "bash");
    ASSERT_OK(blob);
    EXPECT_FALSE(blob->empty());
    EXPECT_TRUE(database->claims(database->streams()[0], "dash").value().empty());
    EXPECT_EQ(decode_fact(database->fact(1, "CVE-1").value()).value().exploited_since, "2026-08-01");
    EXPECT_TRUE(database->fact(0, "CVE-1").value().empty());
}

TEST(Database, IsTheSameBytesForTheSameFeeds) {
    Scratch scratch;
    ASSERT_OK(database_of({{"debian", tracker}, {"kev", kev}}, scratch / "a.db"));
    ASSERT_OK(database_of({{"kev", kev}, {"debian", tracker}}, scratch / "b.db"));
    EXPECT_EQ(slurp(scratch / "a.db"), slurp(scratch / "b.db"));
    auto other = database_of({{"debian", tracker, "2026-11-21"}, {"kev", kev}}, scratch / "c.db");
    ASSERT_OK(other);
    EXPECT_NE(other->identity(), Database::open(scratch / "a.db")->identity());
}

TEST(Update, KeepsFeedsThatItDoesNotTouchAndThoseThatFail) {
    Scratch scratch;
    spit(scratch / "tracker.json", tracker);
    spit(scratch / "kev.json", kev);
    ThreadPool pool(1);
    Progress progress;
    auto run = [&](std::vector<std::string> names) {
        std::vector<FeedSource> sources;
        for (const auto& name : names) {
            sources.emplace_back();
            sources.back().place = (scratch / name).string();
            sources.back().name = name;
            sources.back().date = "2026-11-20";
        }
        return update(scratch / "pith.db", sources, {}, pool, progress);
    };
    ASSERT_OK(run({"tracker.json", "kev.json"}));
    auto first = slurp(scratch / "pith.db");
    ASSERT_OK(run({"kev.json"}));
    EXPECT_EQ(slurp(scratch / "pith.db"), first);
    spit(scratch / "tracker.json", tracker.substr(0, 70));
    auto cut = run({"tracker.json", "kev.json"});
    ASSERT_OK(cut);
    ASSERT_TRUE(cut->at(0).error);
    EXPECT_THAT(cut->at(0).error->text(), HasSubstr("JSON"));
    EXPECT_EQ(slurp(scratch / "pith.db"), first);
}

TEST(Update, MakesOneFeedOfAFoldersRecords) {
    Scratch scratch;
    for (auto name : {"a", "b"})
        spit(scratch / (std::string(name) + ".json"),
             R"({"id": "X-)" + std::string(name) +
                 R"(", "modified": "2026-01-01", "affected": [{"package": {"ecosystem": "npm",
             "name": "left-pad"}, "versions": ["1"]}]})");
    spit(scratch / "README.md", "# nothing");
    std::vector<std::string> others;
    auto sources = sources_in(scratch.path(), others);
    ASSERT_OK(sources);
    ASSERT_THAT(*sources, SizeIs(1));
    EXPECT_THAT(sources->front().records, SizeIs(2));
    EXPECT_THAT(others, ElementsAre("README.md"));
    ThreadPool pool(1);
    Progress progress;
    auto outcomes = update(scratch / "sub" / "pith.db", *sources, {}, pool, progress);
    ASSERT_OK(outcomes);
    EXPECT_EQ(outcomes->at(0).feed.records, 2u);
}

// Runs SQL on a database, as somebody else would.
void change(const std::filesystem::path& file, const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(database);
}

TEST(Database, RefusesWhatIsNotItsOwn) {
    Scratch scratch;
    const std::pair<const char*, const char*> rows[] = {
        {"PRAGMA application_id=7", "no advisory database of pith"},
        {"PRAGMA user_version=99", "version 99"},
        {"CREATE TRIGGER t AFTER INSERT ON feeds BEGIN SELECT 1; END", "tables are not those"},
        {"CREATE TABLE more(x)", "tables are not those"},
        {"DROP TABLE facts", "tables are not those"},
        {"DROP TABLE claims; CREATE VIEW claims AS SELECT 1 AS stream, 'bash' AS package, x'00' AS claims",
         "tables are not those"},
        {"UPDATE streams SET feed = 77", "belongs to no feed"},
        {"UPDATE feeds SET date = 'x'", "the day of the feed 'debian' is 'x'"}};
    for (const auto& [sql, message] : rows) {
        auto file = scratch / "pith.db";
        ASSERT_OK(database_of({{"debian", tracker}}, file));
        change(file, sql);
        auto database = Database::open(file);
        ASSERT_FALSE(database) << sql;
        EXPECT_THAT(database.error().text(), HasSubstr(message));
    }
    EXPECT_EQ(Database::open(scratch / "none.db").error().code, ErrorCode::not_found);
    ASSERT_EQ(mkfifo((scratch / "pipe").c_str(), 0600), 0);
    for (const auto& place : {std::filesystem::path("/dev/zero"), scratch / "pipe"}) {
        auto database = Database::open(place);
        ASSERT_FALSE(database);
        EXPECT_THAT(database.error().text(), HasSubstr("no regular file"));
        EXPECT_FALSE(feeds::open_file(place, "")) << place;
    }
    spit(scratch / "text.db", "this is no database, but long enough to be looked at as one");
    EXPECT_FALSE(Database::open(scratch / "text.db"));
}

TEST(Database, SurvivesDamageAnywhere) {
    Scratch scratch;
    auto file = scratch / "pith.db";
    ASSERT_OK(database_of({{"debian", tracker}, {"kev", kev}}, file));
    auto whole = slurp(file);
    for (std::size_t at = 0; at < whole.size(); at += 509) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0xA5);
        spit(file, damaged);
        auto database = Database::open(file);
        if (!database) continue;
        for (const auto& stream : database->streams()) {
            auto blob = database->claims(stream, "bash");
            ClaimReader reader(blob ? *blob : std::string_view());
            Claim claim;
            while (!reader.at_end() && reader.next(claim)) EXPECT_LT(claim.id.size(), whole.size());
        }
    }
    for (std::size_t size : {0UL, 50UL, 4096UL, 16384UL, 40000UL}) {
        spit(file, whole.substr(0, size));
        auto database = Database::open(file);
        EXPECT_FALSE(database && database->claims(database->streams().at(0), "bash")) << size;
    }
}

// The root page of a table becomes the root of a tree whose every branch leads to the same leaf, three levels below
// (sqlite.org/fileformat2.html, "B-tree Pages"): some 27,000,000 rows in three pages more.
std::string endless(std::string file, std::size_t root, bool table) {
    constexpr std::size_t page = 16384, branches = 300, header = 12;
    auto put = [&](std::size_t at, std::uint64_t value, std::size_t size) {
        for (; size > 0; value >>= 8) file[at + --size] = static_cast<char>(value & 0xFF);
    };
    auto leaf = file.substr((root - 1) * page, page);
    auto cell_at =
        static_cast<std::size_t>(static_cast<unsigned char>(leaf[8])) << 8 | static_cast<unsigned char>(leaf[9]);
    // A table's branch names a row; an index's holds one: the leaf's cell, with its size before it.
    auto cell = table ? std::string("\x01") : leaf.substr(cell_at, 1 + static_cast<unsigned char>(leaf[cell_at]));
    auto branch_page = [&](std::size_t at, std::size_t child) {
        std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(at), page, '\0');
        auto content = page;
        for (std::size_t i = 0; i < branches; ++i) {
            content -= 4 + cell.size();
            put(at + content, child, 4);
            file.replace(at + content + 4, cell.size(), cell);
            put(at + header + 2 * i, content, 2);
        }
        put(at, table ? 5 : 2, 1);
        put(at + 3, branches, 2);
        put(at + 5, content, 2);
        put(at + 8, child, 4);
    };
    auto pages = file.size() / page;
    file += leaf + std::string(2 * page, '\0');
    branch_page((pages + 1) * page, pages + 1);
    branch_page((pages + 2) * page, pages + 2);
    branch_page((root - 1) * page, pages + 3);
    put(28, pages + 3, 4);
    return file;
}

TEST(Database, EndsReadingATableWithoutEnd) {
    Scratch scratch;
    auto file = scratch / "pith.db";
    const std::string csv =
        "version,codename,series,created,release,eol\n12,Bookworm,bookworm,,2023-06-10,2026-06-10\n";
    ASSERT_OK(database_of({{"debian", tracker}, {"lives", csv}}, file));
    const auto whole = slurp(file);
    // In the order of the schema, a page each behind the schema's own: feeds, streams, claims, facts, releases.
    spit(file, endless(whole, 2, true));
    auto feeds = Database::open(file);
    ASSERT_FALSE(feeds);
    EXPECT_THAT(feeds.error().text(), HasSubstr("more than 100000 feeds"));
    spit(file, endless(whole, 6, false));
    auto database = Database::open(file);
    ASSERT_OK(database);
    auto release = database->release("debian:12");
    ASSERT_FALSE(release);
    EXPECT_THAT(release.error().text(), HasSubstr("too many steps"));
}

TEST(Codec, RefusesClaimsThatEndEarly) {
    std::string blob;
    append_claim(blob, {.id = "CVE-1", .aliases = {"a"}, .reason = "r", .ranges = {{"1", "2", ""}}, .versions = {"3"}});
    Claim claim;
    for (std::size_t size = 1; size < blob.size(); ++size) {
        ClaimReader reader(std::string_view(blob).substr(0, size));
        EXPECT_FALSE(reader.next(claim)) << size;
    }
    ClaimReader reader(blob);
    ASSERT_OK(reader.next(claim));
    EXPECT_EQ(text_of(claim), "CVE-1 a affected [1 2 ] =3 (r)");
}

}  // namespace
}  // namespace pith::advisory
