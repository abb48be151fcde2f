// SPDX-License-Identifier: MIT
#include "daemon/adapters/sqlite_schema.h"

#include <iterator>
#include <string>

namespace app {
namespace {

constexpr std::int64_t kApplicationId = 0x4D545353;  // "MTSS"

// The step from version i to version i + 1 is at place i. A released step is never changed.
constexpr const char* kMigrations[] = {
    // The index is for purge(), which must not read the whole table.
    "CREATE TABLE policies ("
    "domain TEXT PRIMARY KEY NOT NULL, id TEXT NOT NULL, mode INTEGER NOT NULL, max_age INTEGER NOT NULL, "
    "fetched INTEGER NOT NULL, expires INTEGER NOT NULL, refresh_at INTEGER NOT NULL, "
    "refetch_stage INTEGER NOT NULL, asked_day INTEGER NOT NULL, body BLOB NOT NULL, "
    "record_text BLOB NOT NULL, last_error BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX policies_by_expiry ON policies (expires);",
};

SqliteResult migrate(SqliteDb& db, int from) {
    std::string sql = "BEGIN IMMEDIATE;";
    for (int version = from; version < schema_version(); ++version)
        sql += kMigrations[version];
    sql += "PRAGMA application_id=" + std::to_string(kApplicationId) + ";";
    sql += "PRAGMA user_version=" + std::to_string(schema_version()) + "; COMMIT;";
    auto done = db.run(sql);
    if (!done && !db.autocommit()) (void)db.run("ROLLBACK");
    return done;
}

}  // namespace

int schema_version() {
    return static_cast<int>(std::size(kMigrations));
}

base::Result<SchemaState, SqliteError> prepare_schema(SqliteDb& db) {
    const auto version = db.ask_number("PRAGMA user_version");
    if (!version) return base::Unexpected(version.error());
    const auto application = db.ask_number("PRAGMA application_id");
    if (!application) return base::Unexpected(application.error());
    const auto objects = db.ask_number("SELECT count(*) FROM sqlite_master");
    if (!objects) return base::Unexpected(objects.error());

    const bool ours = *application == kApplicationId;
    const bool empty = *application == 0 && *version == 0 && *objects == 0;
    if (!ours && !empty) return SchemaState::kForeign;
    if (*version > schema_version()) return SchemaState::kNewer;
    if (*version < 0 || (ours && (*version == 0 || *objects == 0)))
        return base::Unexpected(SqliteError{SQLITE_CORRUPT, "the database has lost its tables"});
    if (*version == schema_version()) return SchemaState::kReady;
    if (const auto done = migrate(db, static_cast<int>(*version)); !done)
        return base::Unexpected(done.error());
    return SchemaState::kReady;
}

}  // namespace app
