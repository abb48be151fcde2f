// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/dns/address.h"

namespace app {

/// Limits how many connections there are at a time, in all and to one address. Who comes first is served
/// first, except that a full address holds up only those who want that address. A connection counts from its
/// first packet to its end, so one slow host can take no more than its own share.
/// Loop thread only; must outlive its Slots and Pendings.
class FetchQueue {
  public:
    struct Limits {
        std::size_t total = 256;
        std::size_t per_address = 16;
    };

    /// The right to one connection to one address; given back when destroyed. Empty by default.
    class Slot {
      public:
        Slot() = default;
        Slot(Slot&& other) noexcept
            : queue_(std::exchange(other.queue_, nullptr)), address_(other.address_) {}
        Slot& operator=(Slot&& other) noexcept {
            if (this != &other) {
                reset();
                queue_ = std::exchange(other.queue_, nullptr);
                address_ = other.address_;
            }
            return *this;
        }
        ~Slot() { reset(); }
        void reset() noexcept {
            if (FetchQueue* queue = std::exchange(queue_, nullptr)) queue->release(*address_);
        }
        explicit operator bool() const { return queue_ != nullptr; }

      private:
        friend class FetchQueue;
        Slot(FetchQueue* queue, const dns::Address& address) : queue_(queue), address_(address) {}
        FetchQueue* queue_ = nullptr;
        std::optional<dns::Address> address_;
    };
    using Granted = std::function<void(Slot)>;

    /// Limits of 0 count as 1.
    FetchQueue(base::Timers& timers, Limits limits);
    FetchQueue(const FetchQueue&) = delete;
    FetchQueue& operator=(const FetchQueue&) = delete;

    /// Calls `granted` with a slot when there is one: later, never inside this call.
    [[nodiscard]] base::Pending take(const dns::Address& address, Granted granted);

    /// New limits for what is granted from now on; slots beyond them are kept until given back.
    void set_limits(Limits limits);

    std::size_t in_use() const { return in_use_; }
    std::size_t waiting() const { return waiters_.size(); }

  private:
    struct Waiter {
        dns::Address address;
        Granted granted;
    };
    struct Line {  // of one address
        std::size_t in_use = 0;
        std::deque<std::uint64_t> waiting;
    };
    static void cancel(void* self, std::uint64_t id) noexcept;
    void release(const dns::Address& address) noexcept;
    void refresh(const dns::Address& address);
    void schedule();
    void grant();

    base::Timers& timers_;
    Limits limits_;
    std::size_t in_use_ = 0;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, Waiter> waiters_;
    std::map<dns::Address, Line> lines_;  // only those with a connection or somebody waiting
    std::set<std::uint64_t> ready_;       // the first of each line whose address is not full
    base::Pending turn_;
    bool scheduled_ = false;
};

}  // namespace app
