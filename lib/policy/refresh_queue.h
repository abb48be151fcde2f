// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/clock.h"
#include "lib/dns/name.h"

namespace policy {

/// Which of the refreshes that are due comes next, and how many a second there may be.
///
/// The sweep offers it, again and again, each policy whose refresh is due; it keeps the first kPlaces of two
/// orders and forgets the rest, which is offered again with the next round. *Pressing* ones (their life is
/// nearly over) come in the order in which their time ends, and wait for nobody. The *others* come in the
/// order in which they fell due, and no faster than their pace: half as many again as all policies need in
/// the mean, at least kLeastPace. So a million policies that fall due at once, because they were fetched at
/// once or the daemon was off for a day, are refreshed over hours, evenly. While both wait they take turns:
/// neither a host of dying domains nor a host of healthy ones holds the other up.
///
/// Engine's thread only. Memory: at most 2 * kPlaces names.
class RefreshQueue {
  public:
    static constexpr std::size_t kPlaces = 2048;
    static constexpr double kLeastPace = 8;  ///< a second

    struct Candidate {
        std::string_view domain;
        base::WallTime due;    ///< when its refresh fell due
        base::WallTime until;  ///< when pressing: what is earlier comes first
        bool pressing = false;
    };

    /// Cheap for one that is in already, or behind kPlaces others.
    void offer(const Candidate& candidate);

    /// What the policies need in the mean, in refreshes per second.
    void set_need(double per_second) { need_ = per_second; }
    /// A second has passed: as many more of the others may be taken as the pace says. What was not taken
    /// meanwhile is not made up for.
    void next_second();

    /// Takes the next one, which the caller is to refresh if that is still due; nothing: none may be now.
    std::optional<dns::Name> take();
    /// The one taken last is not refreshed after all (no longer due, or under way): another may be instead.
    void not_begun();

    double pace() const;  ///< of the others, per second
    std::size_t size() const { return pressing_.size() + others_.size(); }

  private:
    using Order = std::set<std::pair<base::WallTime, std::string>>;
    static std::optional<dns::Name> take_first(Order& order);

    Order pressing_, others_;
    double need_ = 0;
    double allowance_ = 0;
    bool pressing_last_ = false;
};

}  // namespace policy
