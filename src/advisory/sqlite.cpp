#include "advisory/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "inventory/purl.h"

namespace pith::advisory {

namespace {

constexpr int most_value = 256 * 1024 * 1024, most_steps = 100'000'000;

std::unexpected<Error> sqlite_error(sqlite3* database, int code) {
    bool damaged = (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB || (code & 0xFF) == SQLITE_TOOBIG;
    if (code == SQLITE_INTERRUPT) return fail(ErrorCode::limit, "SQLite: it takes too many steps to read");
    return fail(damaged ? ErrorCode::format : ErrorCode::io,
                fmt::format("SQLite: {}", database ? sqlite3_errmsg(database) : sqlite3_errstr(code)));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Sqlite::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Statement& Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(m_statement.get(), index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
    sqlite3_bind_int64(m_statement.get(), index, number);
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
    sqlite3_bind_blob64(m_statement.get(), index, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_STATIC);
    return *this;
}

Result<bool> Statement::step() {
    int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_error(sqlite3_db_handle(m_statement.get()), code);
}

Result<> Statement::run() {
    auto row = step();
    while (row && *row) row = step();
    reset();
    if (!row) return std::unexpected(std::move(row).error());
    return {};
}

void Statement::reset() {
    sqlite3_reset(m_statement.get());
    sqlite3_stmt_status(m_statement.get(), SQLITE_STMTSTATUS_VM_STEP, 1);  // from here on they are counted anew
}

std::string_view Statement::text(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(m_statement.get(), column));
    auto size = sqlite3_column_bytes(m_statement.get(), column);
    return data ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(m_statement.get(), column); }

Result<Sqlite> Sqlite::open_to_read(const std::filesystem::path& file) {
    Sqlite out;
    sqlite3* database = nullptr;
    auto uri = "file:" + inventory::percent_encoded(std::filesystem::absolute(file).string()) + "?immutable=1";
    int code =
        sqlite3_open_v2(uri.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
    out.m_database.reset(database);
    if (code != SQLITE_OK) return sqlite_error(database, code);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, most_value);
    // Pages that lead to one page again and again make a table without end.
    sqlite3_progress_handler(database, most_steps, [](void*) { return 1; }, nullptr);
    TRY(out.execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA query_only=ON"));
    return out;
}

Result<Sqlite> Sqlite::create(const std::filesystem::path& file) {
    Sqlite out;
    sqlite3* database = nullptr;
    int code = sqlite3_open_v2(file.c_str(), &database,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    out.m_database.reset(database);
    if (code != SQLITE_OK) return sqlite_error(database, code);
    // Wide pages, so that most rows fit into their leaf.
    TRY(
        out.execute("PRAGMA page_size=16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
                    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536"));
    return out;
}

Result<> Sqlite::execute(const std::string& sql) {
    int code = sqlite3_exec(m_database.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return sqlite_error(m_database.get(), code);
    return {};
}

Result<Statement> Sqlite::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(m_database.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) return sqlite_error(m_database.get(), code);
    Statement out;
    out.m_statement.reset(statement);
    return out;
}

Result<std::string> Sqlite::schema() {
    auto statement = TRY(prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid LIMIT 100"));
    std::string out;
    while (TRY(statement.step()))
        out += fmt::format("{} {} {} {}\n", statement.text(0), statement.text(1), statement.text(2), statement.text(3));
    return out;
}

Result<> Sqlite::close() {
    int code = sqlite3_close(m_database.get());
    if (code != SQLITE_OK) return sqlite_error(m_database.get(), code);
    (void)m_database.release();
    return {};
}

}  // namespace pith::advisory
