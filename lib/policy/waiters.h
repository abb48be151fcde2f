// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"

namespace policy {

/// Those who wait for an Answer, each by a number. A waiter's Pending takes it out; a number whose waiter has
/// gone is answered in vain. Loop thread only; must outlive the Pendings.
template <class Answer>
class Waiters {
  public:
    using Done = std::function<void(const Answer&)>;

    explicit Waiters(base::Timers& timers) : timers_(timers) {}
    ~Waiters() {
        // A callback may own other waiters' Pendings: they must find an empty table, not one half destroyed.
        const auto waiting = std::exchange(waiting_, {});
    }
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    std::size_t size() const { return waiting_.size(); }

    /// Adds a waiter and its number to `numbers`.
    [[nodiscard]] base::Pending join(std::vector<std::uint64_t>& numbers, Done done) {
        numbers.push_back(add(std::move(done)));
        return {this, &Waiters::cancel, numbers.back()};
    }
    /// For an answer that is known already and only has to come later.
    [[nodiscard]] base::Pending answer_later(Answer answer, Done done) {
        const std::uint64_t number = add(std::move(done));
        waiting_[number].later = timers_.after(
            base::Milliseconds{0}, [this, number, kept = std::move(answer)] { this->answer(number, kept); });
        return {this, &Waiters::cancel, number};
    }
    void answer(std::uint64_t number, const Answer& answer) {
        const auto node = waiting_.extract(number);
        if (!node.empty()) node.mapped().done(answer);
    }

  private:
    struct Waiter {
        Done done;
        base::Pending later;
    };

    std::uint64_t add(Done done) {
        waiting_[++last_].done = std::move(done);
        return last_;
    }
    static void cancel(void* self, std::uint64_t number) noexcept {
        // Taken out first, destroyed last: the callback may own Pendings of other waiters.
        const auto node = static_cast<Waiters*>(self)->waiting_.extract(number);
    }

    base::Timers& timers_;
    std::unordered_map<std::uint64_t, Waiter> waiting_;
    std::uint64_t last_ = 0;
};

}  // namespace policy
