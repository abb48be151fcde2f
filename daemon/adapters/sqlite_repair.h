// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "daemon/adapters/sqlite_db.h"
#include "lib/base/clock.h"

namespace app {

/// What became of a damaged database.
struct Repaired {
    std::string set_aside;      ///< the damaged file's new name
    std::uint64_t rescued = 0;  ///< rows copied into the new file
};

/// Puts a new database in the place of a damaged one: copies every row that can be read into a new file,
/// gives the damaged file and its log other names, and moves the new one to its place. Nothing is deleted.
/// The database must be closed. The error is one of the disk; the damaged file is then where it was.
base::Result<Repaired, std::string> repair_database(const std::string& file, base::WallTime now,
                                                    const std::function<void(std::uint64_t)>& on_progress);

/// Creates an empty file with mode 0600 where there is none. The error is what the system says.
base::Result<SqliteDone, std::string> create_file(const std::string& path);

}  // namespace app
