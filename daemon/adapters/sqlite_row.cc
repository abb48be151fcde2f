// SPDX-License-Identifier: MIT
#include "daemon/adapters/sqlite_row.h"

#include <algorithm>
#include <limits>
#include <string>

#include "lib/base/ascii.h"
#include "lib/base/char_set.h"
#include "lib/sts/policy.h"

namespace app {
namespace {

enum Column : int {
    kDomain,
    kId,
    kMode,
    kMaxAge,
    kFetched,
    kRefreshAt,
    kRefetchStage,
    kAskedDay,
    kBody,
    kRecordText,
    kLastError,
    kExpires
};

constexpr std::size_t kMaxId = 32;
constexpr std::size_t kMaxText = 4096;                    // record_text, last_error
constexpr std::int64_t kMaxTime = std::int64_t{1} << 40;  // seconds; the year 36,812
constexpr std::uint8_t kMaxRefetchStage = 2;

constexpr base::CharSet kIsId(base::is_alnum);

// Negative where the column is no number from 0 to `max`.
std::int64_t number(const SqliteStatement& row, int column, std::int64_t max) {
    const SqliteValue value = row.column(column);
    if (value.type() != SQLITE_INTEGER || value.number() > max) return -1;
    return value.number();
}

bool is_id(std::string_view id) {
    return id.size() <= kMaxId && kIsId.has_all_of(id);
}

}  // namespace

void bind_row(SqliteStatement& put, const policy::PolicyRecord& record) {
    put.bind(kDomain + 1, record.domain.text());
    put.bind(kId + 1, record.id);
    put.bind(kMode + 1, static_cast<std::int64_t>(record.mode));
    put.bind(kMaxAge + 1, static_cast<std::int64_t>(record.max_age));
    put.bind(kFetched + 1, record.fetched.time_since_epoch().count());
    put.bind(kRefreshAt + 1, record.refresh_at.time_since_epoch().count());
    put.bind(kRefetchStage + 1, static_cast<std::int64_t>(record.refetch_stage));
    put.bind(kAskedDay + 1, static_cast<std::int64_t>(record.asked_day));
    put.bind_blob(kBody + 1, record.body);
    put.bind_blob(kRecordText + 1, std::string_view(record.record_text).substr(0, kMaxText));
    put.bind_blob(kLastError + 1, std::string_view(record.last_error).substr(0, kMaxText));
    put.bind(kExpires + 1, record.expires().time_since_epoch().count());
}

std::optional<policy::PolicyRecord> read_row(const SqliteStatement& row, Texts texts) {
    const std::string_view name = row.column(kDomain).bytes(), id = row.column(kId).bytes();
    auto domain = dns::Name::parse(name);
    if (!domain || domain->text() != name || !is_id(id)) return std::nullopt;
    const auto mode = number(row, kMode, static_cast<std::int64_t>(sts::Mode::kEnforce));
    const auto max_age = number(row, kMaxAge, sts::kMaxMaxAge);
    const auto fetched = number(row, kFetched, kMaxTime);
    const auto refresh_at = number(row, kRefreshAt, kMaxTime);
    const auto stage = number(row, kRefetchStage, kMaxRefetchStage);
    const auto asked_day = number(row, kAskedDay, std::numeric_limits<std::int32_t>::max());
    if (std::min({mode, max_age, fetched, refresh_at, stage, asked_day}) < 0) return std::nullopt;

    const std::string_view body = row.column(kBody).bytes();
    auto policy = sts::parse_policy(body);
    if (!policy || policy->mode != static_cast<sts::Mode>(mode) || policy->max_age != max_age)
        return std::nullopt;
    policy::PolicyRecord record{*std::move(domain)};
    record.id = id;
    record.mode = policy->mode;
    record.lax = !policy->lax.empty();
    record.max_age = policy->max_age;
    record.fetched = base::WallTime(base::Seconds(fetched));
    record.refresh_at = base::WallTime(base::Seconds(refresh_at));
    record.refetch_stage = static_cast<std::uint8_t>(stage);
    record.asked_day = static_cast<std::int32_t>(asked_day);
    record.body = body;
    record.mx = std::move(policy->mx);
    if (texts == Texts::kLeftOut) return record;
    record.record_text = row.column(kRecordText).bytes().substr(0, kMaxText);
    record.last_error = row.column(kLastError).bytes().substr(0, kMaxText);
    return record;
}

}  // namespace app
