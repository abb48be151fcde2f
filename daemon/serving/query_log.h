// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/admin/log.h"
#include "daemon/serving/counters.h"
#include "lib/base/clock.h"
#include "lib/policy/responder.h"

namespace app {

/// One log line and the counters for each answered query of one serving thread. Lines are collected and
/// handed on in blocks: a line per query must not cost more than the query. That thread only.
class QueryLog {
  public:
    /// `clock` stamps the lines.
    QueryLog(Log& log, Counters& counters, const base::Clock& clock)
        : log_(log), counters_(counters), clock_(clock) {}

    /// An answered query. `took` is zero for what the cache answered.
    void answered(const policy::Responder::Query& query, base::Milliseconds took);
    /// Hands collected lines on; called by each tick.
    void flush();

  private:
    void count(const policy::Responder::Query& query);
    void write_line(const policy::Responder::Query& query, base::Milliseconds took);
    /// A rendered line of which only the domain is another in each: what stands before it and behind it.
    struct CachedLine {
        std::string map;
        policy::Verdict verdict;
        std::optional<sts::Mode> mode;
        base::WallTime second = base::WallTime::min();
        std::string before, behind;
    };
    const CachedLine& line_of_cached(const policy::Responder::Query& query);
    void unknown_map(const policy::Responder::Query& query);

    Log& log_;
    Counters& counters_;
    const base::Clock& clock_;
    std::string lines_;
    /// Cached answers differ in little but the domain: their lines are rendered once in a second for each
    /// kind of them. A slot holds the kind seen last of those that share it.
    std::array<CachedLine, 64> cached_lines_;
    base::WallTime unknown_map_minute_ = base::WallTime::min();
};

}  // namespace app
