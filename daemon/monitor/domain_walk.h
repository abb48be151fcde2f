// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/policy/cache.h"

namespace app {

/// Lists the domains with a policy, sorted, a page at a time: a walk over the whole cache in small pieces,
/// between which other work runs, that keeps no more than one page. Owned by who asked; destroying it stops
/// it. Engine's thread only.
class DomainWalk {
  public:
    static constexpr std::size_t kPageSize = 50;
    static constexpr std::size_t kSlotsPerTurn = 8 * 1024;

    struct Query {
        std::string part;               ///< of the name, lower case; empty: all
        std::optional<sts::Mode> mode;  ///< nothing: all
        std::string after;              ///< the last name of the page before; empty: the first page
    };
    struct Page {
        std::vector<std::string> names;
        bool more = false;        ///< others come after
        std::uint64_t found = 0;  ///< on all pages
    };

    /// `done` is called later, once; it may destroy the walk.
    DomainWalk(base::Timers& timers, const policy::Cache& cache, Query query, std::function<void(Page)> done);
    DomainWalk(const DomainWalk&) = delete;
    DomainWalk& operator=(const DomainWalk&) = delete;

  private:
    void go_on();
    void look_at(std::string_view name, sts::Mode mode);
    void finish();

    base::Timers& timers_;
    const policy::Cache& cache_;
    const Query query_;
    std::function<void(Page)> done_;
    policy::Cache::WalkPosition position_;
    std::set<std::string, std::less<>> smallest_;  // at most one more than a page
    std::uint64_t found_ = 0;
    base::Pending next_;
};

}  // namespace app
