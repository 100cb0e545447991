// SQLite, wrapped: handles that close themselves, and errors as values. Only .cpp files of advisory/ include it.
// A database that is read is opened immutable and with defensive settings (sqlite.org/security.html): no trusted
// schema, no writable one, every cell checked, no memory map (a file that shrinks would kill the process). Its callers
// compare the schema before anything else is read. Limits: 256 MiB a value, 100,000,000 of SQLite's steps a question.
// Thread-safety: an object belongs to one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pith::advisory {

class Statement {
public:
    // Numbered from 1. A text must stay as it is until the next reset().
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::int64_t number);
    Statement& bind_blob(int index, std::string_view bytes);
    // True while there is a row. Errors: format for a damaged database, limit, io for others.
    [[nodiscard]] Result<bool> step();
    // To the end, and ready for other values.
    [[nodiscard]] Result<> run();
    void reset();
    // Of the current row, counted from 0; views end with the next step() or reset().
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::int64_t number(int column) const;

private:
    friend class Sqlite;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

class Sqlite {
public:
    [[nodiscard]] static Result<Sqlite> open_to_read(const std::filesystem::path& file);
    // A new file, without journal and without syncing: whoever makes it syncs and renames it.
    [[nodiscard]] static Result<Sqlite> create(const std::filesystem::path& file);

    [[nodiscard]] Result<> execute(const std::string& sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    // The text of the schema, statement by statement.
    [[nodiscard]] Result<std::string> schema();
    [[nodiscard]] Result<> close();

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> m_database;
};

}  // namespace pith::advisory
