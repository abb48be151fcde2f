// SPDX-License-Identifier: MIT
#include "daemon/adapters/fetch_queue.h"

#include <algorithm>

namespace app {

FetchQueue::FetchQueue(base::Timers& timers, Limits limits) : timers_(timers) {
    set_limits(limits);
}

base::Pending FetchQueue::take(const dns::Address& address, Granted granted) {
    const std::uint64_t id = ++last_id_;
    waiters_.emplace(id, Waiter{address, std::move(granted)});
    lines_[address].waiting.push_back(id);
    refresh(address);
    schedule();
    return base::Pending(this, cancel, id);
}

void FetchQueue::set_limits(Limits limits) {
    limits_.total = std::max<std::size_t>(limits.total, 1);
    limits_.per_address = std::max<std::size_t>(limits.per_address, 1);
    ready_.clear();
    for (const auto& [address, line] : lines_)
        if (!line.waiting.empty() && line.in_use < limits_.per_address) ready_.insert(line.waiting.front());
    schedule();
}

void FetchQueue::grant() {
    scheduled_ = false;
    while (in_use_ < limits_.total && !ready_.empty()) {
        const auto first = waiters_.find(*ready_.begin());
        const Waiter waiter = std::move(first->second);
        waiters_.erase(first);
        ready_.erase(ready_.begin());
        Line& line = lines_[waiter.address];
        line.waiting.pop_front();
        ++line.in_use;
        ++in_use_;
        refresh(waiter.address);
        waiter.granted(Slot(this, waiter.address));
    }
}

void FetchQueue::release(const dns::Address& address) noexcept {
    --lines_[address].in_use;
    --in_use_;
    refresh(address);
    schedule();
}

void FetchQueue::cancel(void* self, std::uint64_t id) noexcept {
    auto* queue = static_cast<FetchQueue*>(self);
    const auto found = queue->waiters_.find(id);
    if (found == queue->waiters_.end()) return;
    const Waiter waiter = std::move(found->second);  // its captures end after the tables are in order
    queue->waiters_.erase(found);
    queue->ready_.erase(id);
    auto& waiting = queue->lines_[waiter.address].waiting;
    waiting.erase(std::find(waiting.begin(), waiting.end(), id));
    queue->refresh(waiter.address);
    queue->schedule();
}

// Puts the first of the line among the ready ones or takes it away, and forgets an empty line.
void FetchQueue::refresh(const dns::Address& address) {
    const auto found = lines_.find(address);
    const Line& line = found->second;
    if (line.waiting.empty()) {
        if (line.in_use == 0) lines_.erase(found);
        return;
    }
    if (line.in_use < limits_.per_address)
        ready_.insert(line.waiting.front());
    else
        ready_.erase(line.waiting.front());
}

void FetchQueue::schedule() {
    if (scheduled_ || ready_.empty() || in_use_ >= limits_.total) return;
    scheduled_ = true;
    turn_ = timers_.after(base::Milliseconds(0), [this] { grant(); });
}

}  // namespace app
