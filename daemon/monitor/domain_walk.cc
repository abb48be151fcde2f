// SPDX-License-Identifier: MIT
#include "daemon/monitor/domain_walk.h"

#include <utility>

namespace app {

DomainWalk::DomainWalk(base::Timers& timers, const policy::Cache& cache, Query query,
                       std::function<void(Page)> done)
    : timers_(timers), cache_(cache), query_(std::move(query)), done_(std::move(done)) {
    next_ = timers_.after(base::Milliseconds{0}, [this] { go_on(); });
}

void DomainWalk::go_on() {
    cache_.walk(position_, kSlotsPerTurn,
                [this](std::string_view name, sts::Mode mode) { look_at(name, mode); });
    if (position_.at_end()) return finish();
    next_ = timers_.after(base::Milliseconds{0}, [this] { go_on(); });
}

void DomainWalk::look_at(std::string_view name, sts::Mode mode) {
    if (query_.mode && *query_.mode != mode) return;
    if (!query_.part.empty() && name.find(query_.part) == std::string_view::npos) return;
    ++found_;
    if (name <= query_.after && !query_.after.empty()) return;
    if (smallest_.size() > kPageSize) {
        if (name >= *smallest_.rbegin()) return;
        smallest_.emplace(name);
        if (smallest_.size() > kPageSize + 1) smallest_.erase(std::prev(smallest_.end()));
        return;
    }
    smallest_.emplace(name);
}

void DomainWalk::finish() {
    Page page;
    page.found = found_;
    for (const std::string& name : smallest_) {
        if (page.names.size() < kPageSize) page.names.push_back(name);
    }
    page.more = smallest_.size() > kPageSize;
    const auto done = std::move(done_);
    done(std::move(page));
}

}  // namespace app
