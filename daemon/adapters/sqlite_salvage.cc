// SPDX-License-Identifier: MIT
#include "daemon/adapters/sqlite_salvage.h"

#include <algorithm>

#include "daemon/adapters/sqlite_row.h"

namespace app {
namespace {

using Step = SqliteStatement::Step;

constexpr std::uint64_t kProgressRows = 10000;
// What a name consists of, in the order of the table.
constexpr std::string_view kLetters = "-.0123456789_abcdefghijklmnopqrstuvwxyz";
constexpr const char* kAfterAll = "\x7F";
constexpr int kLevels = 5;
// Below a range of which nothing at all can be read.
constexpr int kLevelsInTheDark = 2;

std::string common_prefix(const std::string& a, const std::string& b) {
    const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
    return {a.begin(), end};
}

std::string end_of(std::string prefix) {
    ++prefix.back();
    return prefix;
}

}  // namespace

SqliteResult SqliteSalvage::run() {
    if (!prepare()) return writable_;
    const Gap gap = copy_from_both_ends("", kAfterAll);
    if (gap.any) copy_gap(common_prefix(gap.low, gap.high), gap, kLevels);
    return writable_;
}

// False where there is nothing to read, not even a schema.
bool SqliteSalvage::prepare() {
    const std::string range = std::string(kSelectRows) + "WHERE domain >= ? AND domain < ? ORDER BY domain";
    auto put = to_.prepare(kPutRow);
    if (!put) writable_ = base::Unexpected(put.error());
    auto forwards = from_.prepare(range);
    auto backwards = from_.prepare(range + " DESC");
    if (!put || !forwards || !backwards) return false;
    put_ = *std::move(put);
    forwards_ = *std::move(forwards);
    backwards_ = *std::move(backwards);
    return true;
}

SqliteSalvage::Gap SqliteSalvage::copy_from_both_ends(const std::string& begin, const std::string& end) {
    Gap gap;
    gap.any = !copy(forwards_, begin, end);
    if (!gap.any) return gap;
    // A bad page may show any name.
    const auto within = [&](const std::string& name) { return begin <= name && name < end; };
    gap.low = within(last_) ? last_ : begin;
    copy(backwards_, begin, end);
    gap.high = within(last_) ? last_ : end;
    return gap;
}

// `prefix` is what all names in the gap begin with.
void SqliteSalvage::copy_gap(const std::string& prefix, const Gap& gap, int levels) {
    for (const char letter : kLetters) {
        const std::string begin = prefix + letter;
        const std::string end = end_of(begin);
        if (end <= gap.low || begin >= gap.high) continue;
        if (!writable_ || ranges_left_ == 0) return;
        --ranges_left_;
        const Gap inner = copy_from_both_ends(std::max(begin, gap.low), std::min(end, gap.high));
        if (!inner.any || levels <= 1) continue;
        const bool dark = inner.low <= begin && inner.high >= end;
        const std::string common = common_prefix(inner.low, inner.high);
        copy_gap(common.size() > begin.size() ? common : begin, inner,
                 dark ? std::min(levels - 1, kLevelsInTheDark) : levels - 1);
    }
}

// True where the range was read to its end.
bool SqliteSalvage::copy(SqliteStatement& read, const std::string& begin, const std::string& end) {
    read.bind(1, begin);
    read.bind(2, end);
    last_.clear();
    Step step = Step::kDone;
    while (writable_ && (step = read.step()) == Step::kRow) {
        last_ = read.column(0).bytes();
        if (const auto record = read_row(read)) write(*record);
    }
    read.reset();
    return step == Step::kDone;
}

void SqliteSalvage::write(const policy::PolicyRecord& record) {
    bind_row(put_, record);
    if (put_.step() != Step::kDone) writable_ = base::Unexpected(to_.error());
    put_.reset();
    if (++written_ % kProgressRows == 0 && on_progress_) on_progress_(written_);
}

}  // namespace app
