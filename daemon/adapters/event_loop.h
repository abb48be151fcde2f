// SPDX-License-Identifier: MIT
#pragma once
#include <event2/event.h>
#include <event2/event_struct.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"

namespace app {

class EventLoop;

/// What a Watch waits for. kNone keeps the descriptor known but quiet.
enum class Interest : short {
    kNone = 0,
    kRead = EV_READ,
    kWrite = EV_WRITE,
    kReadWrite = EV_READ | EV_WRITE
};

/// What a descriptor is ready for. A hang-up or an error shows as ready for what was waited for: the next
/// read or write tells which.
struct Readiness {
    bool read = false;
    bool write = false;
};

/// Waits for a descriptor, level-triggered, for as long as it lives and its interest is not kNone. Does not
/// own the descriptor; destroy the Watch before closing it, and before the loop. Loop thread only.
///
/// The callback may change or destroy its own Watch; having destroyed it, it must return without touching
/// what it captured. Neither copied nor moved: keep it in an optional, a unique_ptr or a node container.
class Watch {
  public:
    using Callback = std::function<void(Readiness)>;

    /// Throws std::runtime_error where the system refuses the descriptor (a regular file, no memory).
    Watch(EventLoop& loop, int descriptor, Interest interest, Callback callback);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Waits for something else from now on. No system call where nothing changes. False where the system
    /// refuses.
    bool set(Interest interest);
    Interest interest() const { return interest_; }

  private:
    static void on_event(evutil_socket_t descriptor, short what, void* self) noexcept;

    EventLoop& loop_;
    int descriptor_;
    Interest interest_ = Interest::kNone;
    Callback callback_;
    event event_{};
};

/// Runs its callback at the end of a turn of the loop: after the callbacks of all that the turn has found
/// ready, before the loop waits again; where stop() ends the turn, with the next run(). Destroy it before the
/// loop. Loop thread only; no system call.
class EndOfTurn {
  public:
    EndOfTurn(EventLoop& loop, std::function<void()> callback);
    ~EndOfTurn();
    EndOfTurn(const EndOfTurn&) = delete;
    EndOfTurn& operator=(const EndOfTurn&) = delete;

    /// Once, at the end of this turn, however often it is asked for; asked outside of a turn, of the next.
    void ask();

  private:
    static void on_event(evutil_socket_t, short, void* self) noexcept;

    std::function<void()> callback_;
    event event_{};
};

/// Delivers signals on a loop. The constructor blocks them in the calling thread: construct it before the
/// first other thread starts, so that all threads inherit that. They stay blocked when it is destroyed. One
/// per signal and process.
class SignalWatch {
  public:
    /// The callback gets the signal's number, on the loop's thread. Throws std::runtime_error where the
    /// system refuses.
    SignalWatch(EventLoop& loop, std::initializer_list<int> signals, std::function<void(int)> callback);
    ~SignalWatch();
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

  private:
    void on_readable();

    std::function<void(int)> callback_;
    int descriptor_;
    std::optional<Watch> watch_;
};

/// One libevent loop. It belongs to the thread that calls run(): everything but post() and
/// stop_from_any_thread() is for that thread (or for any one thread before run()).
///
/// Callbacks run one at a time, never inside the call that asked for them, and must not throw: an exception
/// that leaves one ends the process. Running the loop from within a callback is not allowed. Everything that
/// was started on a loop (Pending, Watch, EndOfTurn) must be gone before the loop is.
class EventLoop final : public base::Timers {
  public:
    /// Throws std::runtime_error where the system has no descriptors or memory for a loop.
    EventLoop();
    ~EventLoop() override;
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Handles events until stop(), also while there is nothing to wait for.
    void run();
    /// Waits until something happens, handles it, and returns. For tests, which look between turns whether
    /// they are done.
    void run_once();
    /// Ends run() after the callback that is running; where the loop is not running, the next run() returns
    /// at once.
    void stop();
    void stop_from_any_thread();

    /// Runs `work` on the loop's thread, in the order of posting; from any thread. The loop is woken once for
    /// everything posted since its last turn. Work that has not run when the loop is destroyed never does.
    void post(std::function<void()> work);

    /// Never early, late by a few milliseconds (the kernel's tick, and what else the loop has to do). A
    /// negative delay counts as 0. No order is promised among timers that are due in the same millisecond:
    /// post() keeps order.
    [[nodiscard]] base::Pending after(base::Milliseconds delay, std::function<void()> done) override;

    /// For parties that deal with libevent themselves (evhttp, raw events).
    event_base* base() const { return base_.get(); }

  private:
    struct BaseFree {
        void operator()(event_base* base) const noexcept { event_base_free(base); }
    };
    struct Timer {
        EventLoop* loop = nullptr;
        std::uint64_t id = 0;
        std::function<void()> done;
        event due{};
    };

    static void on_timer(evutil_socket_t, short, void* timer) noexcept;
    static void cancel_timer(void* self, std::uint64_t id) noexcept;
    void on_posted();

    std::unique_ptr<event_base, BaseFree> base_;
    base::Milliseconds tick_;  // resolution of the clock that libevent reads
    bool stop_requested_ = false;

    std::unordered_map<std::uint64_t, Timer> timers_;  // nodes do not move: libevent keeps pointers to `due`
    std::uint64_t last_timer_ = 0;

    int wake_descriptor_;
    std::optional<Watch> wake_;
    std::mutex posted_mutex_;
    std::vector<std::function<void()>> posted_;  // guarded by posted_mutex_
};

}  // namespace app
