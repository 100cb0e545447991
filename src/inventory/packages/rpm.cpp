// rpm's database in SQLite: a table of header blobs. rpm's older kinds of databases are not read (see catalog.cpp).
// Source: rpm's documentation, "rpmdb backends"; SQLite's "Defense against the dark arts".
//
// The file is hostile: it is opened from memory and only to be read, with a schema that is not trusted, and work and
// lengths are bounded. What is kept of it is each package's facts, without the headers' other tags.
#include <sqlite3.h>

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "inventory/packages/all_readers.h"
#include "inventory/packages/parts.h"
#include "inventory/packages/rpm_header.h"

namespace pith::inventory::packages {

namespace {

constexpr std::size_t most_packages = 100'000;
constexpr int most_blob = 256 * 1024 * 1024, steps_between = 100'000, most_progress = 20'000;

struct CloseDatabase {
    void operator()(sqlite3* each) const { sqlite3_close(each); }
};
struct EndStatement {
    void operator()(sqlite3_stmt* each) const { sqlite3_finalize(each); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, EndStatement>;

std::unexpected<Error> sqlite_error(sqlite3* database, std::string_view what) {
    return fail(ErrorCode::format, fmt::format("rpm's database cannot be {}: {}", what, sqlite3_errmsg(database)));
}

void set_bounds(sqlite3* database, int& progress) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, most_blob);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    progress = 0;
    sqlite3_progress_handler(
        database, steps_between, [](void* count) { return ++*static_cast<int*>(count) > most_progress ? 1 : 0; },
        &progress);
}

Result<Database> open_database(ByteView content, Bytes& copy, int& progress) {
    copy.assign(content.begin(), content.end());
    // A database that was in WAL mode cannot be opened from memory; without its log it is like any other.
    if (copy.size() > 19) copy[18] = copy[19] = std::byte{1};
    sqlite3* opened = nullptr;
    int code = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE, nullptr);
    Database out(opened);
    if (code != SQLITE_OK) return fail(ErrorCode::internal, "SQLite does not open a database in memory");
    set_bounds(opened, progress);
    auto* bytes = reinterpret_cast<unsigned char*>(copy.data());
    if (sqlite3_deserialize(opened, "main", bytes, static_cast<sqlite3_int64>(copy.size()),
                            static_cast<sqlite3_int64>(copy.size()), SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
        return sqlite_error(opened, "opened");
    return out;
}

void add_record(std::string& record, const InstalledPackage& installed) {
    const auto& package = installed.package;
    std::string paths;
    for (const auto& path : installed.paths)
        if (!path.contains('\n')) paths += path + "\n";
    const std::pair<std::string_view, const std::string*> fields[] = {{"name", &package.name},
                                                                      {"version", &package.version},
                                                                      {"architecture", &package.architecture},
                                                                      {"source", &package.source},
                                                                      {"source-version", &package.source_version},
                                                                      {"source-file", &package.source_file},
                                                                      {"licence", &package.licence},
                                                                      {"vendor", &package.maintainer},
                                                                      {"homepage", &package.homepage},
                                                                      {"paths", &paths}};
    for (auto [name, value] : fields) add_part(record, name, *value);
}

Result<std::string> read_database(ByteView content) {
    Bytes copy;
    int progress = 0;
    auto database = TRY(open_database(content, copy, progress));
    sqlite3_stmt* prepared = nullptr;
    int code = sqlite3_prepare_v2(database.get(), "SELECT blob FROM Packages ORDER BY hnum", -1, &prepared, nullptr);
    Statement statement(prepared);
    if (code != SQLITE_OK) return sqlite_error(database.get(), "read");
    std::string out;
    for (std::size_t count = 0; (code = sqlite3_step(prepared)) == SQLITE_ROW; ++count) {
        if (count == most_packages)
            return fail(ErrorCode::limit, fmt::format("rpm's database has more than {} packages", most_packages));
        const auto* blob = static_cast<const std::byte*>(sqlite3_column_blob(prepared, 0));
        auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared, 0));
        if (!blob) return fail(ErrorCode::format, "rpm's database has a package without a header");
        add_record(out, TRY(context(read_rpm_header({blob, size}), fmt::format("rpm's package {}", count + 1))));
    }
    if (code == SQLITE_INTERRUPT) return fail(ErrorCode::limit, "rpm's database takes too many steps to read");
    if (code != SQLITE_DONE) return sqlite_error(database.get(), "read");
    return out;
}

std::optional<std::string> reduce(std::string_view, ByteView content) {
    auto record = read_database(content);
    if (record) return std::move(*record);
    std::string out;
    add_part(out, "error", record.error().text());
    return out;
}

Result<> read(const Source& source) {
    auto parts = read_parts(source.content);
    if (!parts) return fail(ErrorCode::format, fmt::format("/{}: a damaged record", source.path));
    Package* last = nullptr;
    const std::pair<std::string_view, std::string Package::*> fields[] = {
        {"version", &Package::version},         {"architecture", &Package::architecture},
        {"source", &Package::source},           {"source-version", &Package::source_version},
        {"source-file", &Package::source_file}, {"licence", &Package::licence},
        {"vendor", &Package::maintainer},       {"homepage", &Package::homepage}};
    for (auto [name, text] : *parts) {
        if (name == "error") return fail(ErrorCode::format, fmt::format("/{}: {}", source.path, text));
        if (name == "name") {
            source.found.push_back(language_package("rpm", text, "", source.path));
            last = &source.found.back().package;
        }
        if (!last) return fail(ErrorCode::format, "a damaged record");
        for (auto [field, member] : fields)
            if (name == field) last->*member = text;
        if (name == "paths")
            for (auto path : split(text, '\n'))
                if (!path.empty()) source.found.back().paths.emplace_back(path);
    }
    return {};
}

constexpr Selector selectors[] = {{"var/lib/rpm/rpmdb.sqlite", 1 * GiB},
                                  {"usr/lib/sysimage/rpm/rpmdb.sqlite", 1 * GiB}};

}  // namespace

constinit const Reader rpm_reader{
    .name = "rpm", .selectors = selectors, .read = read, .reduce = reduce, .distribution = true};

}  // namespace pith::inventory::packages
