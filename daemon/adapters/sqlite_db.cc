// SPDX-License-Identifier: MIT
#include "daemon/adapters/sqlite_db.h"

#include <cstring>
#include <system_error>

namespace app {
namespace {

constexpr int primary(int code) {
    return code & 0xFF;
}

SqliteError error_of(sqlite3* db) {
    SqliteError error{sqlite3_extended_errcode(db), sqlite3_errmsg(db)};
    const int system = sqlite3_system_errno(db);
    const bool from_system = primary(error.code) == SQLITE_IOERR || primary(error.code) == SQLITE_CANTOPEN;
    if (from_system && system != 0) error.text += " (" + std::system_category().message(system) + ")";
    return error;
}

}  // namespace

bool SqliteError::damaged() const {
    return primary(code) == SQLITE_CORRUPT || primary(code) == SQLITE_NOTADB;
}

bool SqliteError::unreadable() const {
    return code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ;
}

bool SqliteError::busy() const {
    return primary(code) == SQLITE_BUSY || primary(code) == SQLITE_LOCKED;
}

std::string_view SqliteValue::bytes() const {
    const void* data = sqlite3_value_blob(value_);
    const int size = sqlite3_value_bytes(value_);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

void SqliteStatement::bind(int parameter, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), parameter, value);
}

void SqliteStatement::bind(int parameter, std::string_view text) {
    // A null pointer would bind NULL.
    sqlite3_bind_text(statement_.get(), parameter, text.empty() ? "" : text.data(),
                      static_cast<int>(text.size()), nullptr);
}

void SqliteStatement::bind_blob(int parameter, std::string_view bytes) {
    sqlite3_bind_blob(statement_.get(), parameter, bytes.empty() ? "" : bytes.data(),
                      static_cast<int>(bytes.size()), nullptr);
}

SqliteStatement::Step SqliteStatement::step() {
    switch (sqlite3_step(statement_.get())) {
        case SQLITE_ROW:
            return Step::kRow;
        case SQLITE_DONE:
            return Step::kDone;
        default:
            return Step::kError;
    }
}

void SqliteStatement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

base::Result<SqliteDb, SqliteError> SqliteDb::open(const std::string& path, Access access) {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    SqliteDb db(raw);
    if (raw == nullptr) return base::Unexpected(SqliteError{SQLITE_NOMEM, "out of memory"});
    sqlite3_extended_result_codes(raw, 1);
    if (code != SQLITE_OK) return base::Unexpected(error_of(raw));
    db.checkpoint_on_close(false);
    // Exclusive also keeps the log's index in memory: no -shm file, and one system call less for each commit.
    std::string settings =
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;";
    // writable_schema also makes SQLite read a file that is shorter than its header says.
    if (access == Access::kSalvage) settings += "PRAGMA query_only=ON; PRAGMA writable_schema=ON;";
    if (const auto done = db.run(settings); !done) return base::Unexpected(done.error());
    return db;
}

SqliteResult SqliteDb::run(const std::string& sql) {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return base::Unexpected(error());
    return SqliteDone{};
}

base::Result<SqliteStatement, SqliteError> SqliteDb::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr) != SQLITE_OK)
        return base::Unexpected(error());
    return SqliteStatement(statement);
}

base::Result<std::int64_t, SqliteError> SqliteDb::ask_number(const std::string& sql) {
    auto statement = prepare(sql);
    if (!statement) return base::Unexpected(statement.error());
    if (statement->step() != SqliteStatement::Step::kRow) return base::Unexpected(error());
    return statement->column(0).number();
}

void SqliteDb::checkpoint_on_close(bool wanted) {
    sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1, nullptr);
}

bool SqliteDb::autocommit() const {
    return sqlite3_get_autocommit(db_.get()) != 0;
}

bool SqliteDb::readonly() const {
    return sqlite3_db_readonly(db_.get(), "main") == 1;
}

std::int64_t SqliteDb::changes() const {
    return sqlite3_changes(db_.get());
}

SqliteError SqliteDb::error() const {
    return error_of(db_.get());
}

}  // namespace app
