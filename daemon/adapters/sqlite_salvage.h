// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/adapters/sqlite_db.h"
#include "lib/policy/evidence.h"

namespace app {

/// Copies the rows of a damaged table of policies into a sound one, as far as they can be read and fit the
/// grammar. Reading in order stops at the first bad page: so it reads each range of names from both ends, and
/// what lies between them in smaller ranges, a letter longer each time, down to a few levels. Used once.
class SqliteSalvage {
  public:
    /// Told every 10,000 copies how many there were; may be empty.
    using Progress = std::function<void(std::uint64_t)>;

    SqliteSalvage(SqliteDb& from, SqliteDb& to, const Progress& on_progress)
        : from_(from), to_(to), on_progress_(on_progress) {}

    /// Within a transaction of the caller's on `to`. Fails only where that cannot be written.
    SqliteResult run();

  private:
    /// What is known of a range after it was read from both ends.
    struct Gap {
        bool any = false;       ///< something lies between that could not be read
        std::string low, high;  ///< between these names
    };
    bool prepare();
    Gap copy_from_both_ends(const std::string& begin, const std::string& end);
    void copy_gap(const std::string& prefix, const Gap& gap, int levels);
    bool copy(SqliteStatement& read, const std::string& begin, const std::string& end);
    void write(const policy::PolicyRecord& record);

    SqliteDb& from_;
    SqliteDb& to_;
    const Progress& on_progress_;
    SqliteStatement put_, forwards_, backwards_;
    std::string last_;                    // the last row that was read
    std::uint64_t written_ = 0;           // a row that two ranges share counts twice
    std::uint32_t ranges_left_ = 200000;  // some seconds
    SqliteResult writable_ = SqliteDone{};
};

}  // namespace app
