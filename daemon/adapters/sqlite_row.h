// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/adapters/sqlite_db.h"
#include "lib/policy/evidence.h"

namespace app {

/// The columns of table `policies` in the order that bind_row() and read_row() know.
inline constexpr std::string_view kSelectRows =
    "SELECT domain, id, mode, max_age, fetched, refresh_at, refetch_stage, asked_day, body, record_text, "
    "last_error "
    "FROM policies ";
/// The same without the texts that are for an operator alone: what a start reads of a million rows.
inline constexpr std::string_view kSelectRowsWithoutTexts =
    "SELECT domain, id, mode, max_age, fetched, refresh_at, refetch_stage, asked_day, body FROM policies ";
inline constexpr std::string_view kPutRow =
    "INSERT OR REPLACE INTO policies (domain, id, mode, max_age, fetched, refresh_at, refetch_stage, "
    "asked_day, body, "
    "record_text, last_error, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Binds a record to kPutRow; it must live until reset().
void bind_row(SqliteStatement& put, const policy::PolicyRecord& record);

enum class Texts : std::uint8_t { kRead, kLeftOut };

/// The row under a statement that begins with kSelectRows, or without its texts. `mx` and `lax` come from
/// parsing the body again. Nothing where a column is not what bind_row() writes: names that reach Postfix
/// have passed the parsers in this process.
std::optional<policy::PolicyRecord> read_row(const SqliteStatement& row, Texts texts = Texts::kRead);

}  // namespace app
