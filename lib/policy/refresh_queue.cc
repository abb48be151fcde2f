// SPDX-License-Identifier: MIT
#include "lib/policy/refresh_queue.h"

#include <algorithm>
#include <iterator>

namespace policy {
namespace {

// With what all policies need and no more, a queue would never become shorter.
constexpr double kHeadroom = 1.5;

}  // namespace

void RefreshQueue::offer(const Candidate& candidate) {
    Order& order = candidate.pressing ? pressing_ : others_;
    const base::WallTime key = candidate.pressing ? candidate.until : candidate.due;
    if (order.size() >= kPlaces && std::prev(order.end())->first <= key) return;
    order.emplace(key, candidate.domain);
    if (order.size() > kPlaces) order.erase(std::prev(order.end()));
}

double RefreshQueue::pace() const {
    return std::max(kLeastPace, need_ * kHeadroom);
}

void RefreshQueue::next_second() {
    // Up to one of the last second's, so that a pace of 8.5 is one.
    allowance_ = std::min(allowance_, 1.0) + pace();
}

std::optional<dns::Name> RefreshQueue::take() {
    const bool others_may = !others_.empty() && allowance_ >= 1;
    if (pressing_.empty() && !others_may) return std::nullopt;
    pressing_last_ = !pressing_.empty() && (!others_may || !pressing_last_);
    if (pressing_last_) return take_first(pressing_);
    allowance_ -= 1;
    return take_first(others_);
}

void RefreshQueue::not_begun() {
    if (!pressing_last_) allowance_ += 1;
}

std::optional<dns::Name> RefreshQueue::take_first(Order& order) {
    const auto node = order.extract(order.begin());
    auto name = dns::Name::parse(node.value().second);
    return name ? std::optional(*std::move(name)) : std::nullopt;
}

}  // namespace policy
