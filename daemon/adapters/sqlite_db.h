// SPDX-License-Identifier: MIT
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace app {

/// What SQLite would not do: its extended result code, and words for the log.
struct SqliteError {
    int code = SQLITE_OK;
    std::string text;

    /// The file is not a database or its pages contradict each other.
    bool damaged() const;
    /// The disk would not give the file's bytes.
    bool unreadable() const;
    /// Another process holds the file.
    bool busy() const;
};
struct SqliteDone {};
using SqliteResult = base::Result<SqliteDone, SqliteError>;

/// One column of a row. Cheap: what a start asks of a million rows goes through it. Valid until the next
/// step.
class SqliteValue {
  public:
    explicit SqliteValue(sqlite3_value* value) : value_(value) {}

    /// SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB ...
    int type() const { return sqlite3_value_type(value_); }
    std::int64_t number() const { return sqlite3_value_int64(value_); }
    /// Of a text or blob.
    std::string_view bytes() const;

  private:
    sqlite3_value* value_;
};

/// A prepared statement. Bound texts are not copied: they must live until reset(). Parameters count from 1,
/// columns from 0. Must be destroyed before its database.
class SqliteStatement {
  public:
    /// The row is there; nothing more; or an error.
    enum class Step : std::uint8_t { kRow, kDone, kError };

    SqliteStatement() = default;
    explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

    void bind(int parameter, std::int64_t value);
    void bind(int parameter, std::string_view text);
    void bind_blob(int parameter, std::string_view bytes);

    Step step();
    /// Ready to be bound and stepped again.
    void reset();

    /// SQLite calls such a value unprotected: it may be looked at because a connection is one thread's.
    SqliteValue column(int i) const { return SqliteValue(sqlite3_column_value(statement_.get(), i)); }

    explicit operator bool() const { return statement_ != nullptr; }

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection to one database file, for one thread. Never checkpoints when it is closed unless asked to:
/// a damaged file stays as it was found.
class SqliteDb {
  public:
    enum class Access : std::uint8_t {
        kReadWrite,
        kSalvage,  ///< only for reading, as far as possible, what may be damaged
    };

    /// Opens an existing file and takes it for this process alone, from the first statement on.
    static base::Result<SqliteDb, SqliteError> open(const std::string& path, Access access);

    SqliteResult run(const std::string& sql);
    base::Result<SqliteStatement, SqliteError> prepare(std::string_view sql);
    /// The first column of the first row.
    base::Result<std::int64_t, SqliteError> ask_number(const std::string& sql);

    /// Whether closing moves the log (WAL) into the file and removes it.
    void checkpoint_on_close(bool wanted);
    /// True outside a transaction.
    bool autocommit() const;
    bool readonly() const;
    /// Rows that the last statement wrote or deleted.
    std::int64_t changes() const;
    /// The last error, in words.
    SqliteError error() const;

  private:
    struct Close {
        void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
    };
    explicit SqliteDb(sqlite3* db) : db_(db) {}

    std::unique_ptr<sqlite3, Close> db_;
};

}  // namespace app
