// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/adapters/sqlite_db.h"

namespace app {

/// What a database file is to this program.
enum class SchemaState : std::uint8_t {
    kReady,    ///< of this version, now or already before
    kForeign,  ///< some other program's
    kNewer,    ///< of a later version of this program; never converted down
};

/// The version that this program reads and writes.
int schema_version();

/// Brings an empty or older database to this version, all in one transaction.
base::Result<SchemaState, SqliteError> prepare_schema(SqliteDb& db);

}  // namespace app
