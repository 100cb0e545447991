// The tables of the advisory database. Private to advisory/: callers use Database and write_database().
//
// A stream belongs to one feed: what two feeds say of debian:12 stands in two streams of that name. So a feed that did
// not change is copied row by row, in order, when another did.
#pragma once

#include <string_view>

namespace pith::advisory {

constexpr int database_mark = 0x70697468;  // "pith", SQLite's application_id
constexpr int schema_version = 1;          // SQLite's user_version

constexpr std::string_view schema_sql =
    "CREATE TABLE feeds(feed INTEGER PRIMARY KEY, name TEXT NOT NULL, format TEXT NOT NULL, source TEXT NOT NULL, "
    "digest TEXT NOT NULL, date TEXT NOT NULL, partial INTEGER NOT NULL, records INTEGER NOT NULL, "
    "skipped TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL);"
    "CREATE TABLE streams(stream INTEGER PRIMARY KEY, feed INTEGER NOT NULL, name TEXT NOT NULL, "
    "packages INTEGER NOT NULL);"
    "CREATE TABLE claims(stream INTEGER, package TEXT, claims BLOB NOT NULL, PRIMARY KEY(stream, package)) "
    "WITHOUT ROWID;"
    "CREATE TABLE facts(feed INTEGER, id TEXT, fact BLOB NOT NULL, PRIMARY KEY(feed, id)) WITHOUT ROWID;"
    "CREATE TABLE releases(feed INTEGER, stream TEXT, released TEXT NOT NULL, supported_until TEXT NOT NULL, "
    "PRIMARY KEY(feed, stream)) WITHOUT ROWID;";

}  // namespace pith::advisory
