// SPDX-License-Identifier: MIT
#include "daemon/adapters/event_loop.h"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace app {

namespace {

event_base* new_base() {
    event_config* config = event_config_new();
    if (config == nullptr) return nullptr;
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);  // one thread; others come in through post()
    event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
    event_base* base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

// libevent's default clock is the coarse one: it lags behind the real one by up to one tick.
base::Milliseconds coarse_tick() {
    timespec resolution{};
    if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) != 0) return base::Milliseconds(10);
    return base::Milliseconds(resolution.tv_sec * 1000 + resolution.tv_nsec / 1'000'000 + 1);
}

}  // namespace

EventLoop::EventLoop()
    : base_(new_base()), tick_(coarse_tick()), wake_descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!base_ || wake_descriptor_ < 0) {
        if (wake_descriptor_ >= 0) ::close(wake_descriptor_);
        throw std::runtime_error("cannot create an event loop");
    }
    try {
        wake_.emplace(*this, wake_descriptor_, Interest::kRead, [this](Readiness) { on_posted(); });
    } catch (...) {
        ::close(wake_descriptor_);
        throw;
    }
}

EventLoop::~EventLoop() {
    for (auto& [id, timer] : timers_)
        event_del(&timer.due);
    wake_.reset();
    ::close(wake_descriptor_);
}

void EventLoop::run() {
    // libevent forgets a loopbreak that comes before its loop.
    if (!std::exchange(stop_requested_, false)) event_base_loop(base_.get(), EVLOOP_NO_EXIT_ON_EMPTY);
    stop_requested_ = false;
}

void EventLoop::run_once() {
    event_base_loop(base_.get(), EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY);
}

void EventLoop::stop() {
    stop_requested_ = true;
    event_base_loopbreak(base_.get());
}

void EventLoop::stop_from_any_thread() {
    post([this] { stop(); });
}

void EventLoop::post(std::function<void()> work) {
    bool first = false;
    {
        const std::lock_guard lock(posted_mutex_);
        first = posted_.empty();
        posted_.push_back(std::move(work));
    }
    if (first) eventfd_write(wake_descriptor_, 1);
}

void EventLoop::on_posted() {
    eventfd_t count = 0;
    eventfd_read(wake_descriptor_, &count);
    std::vector<std::function<void()>> batch;
    {
        const std::lock_guard lock(posted_mutex_);
        batch.swap(posted_);
    }
    for (auto& work : batch) {
        work();
        work = nullptr;  // what it captured ends before the next one starts
    }
}

base::Pending EventLoop::after(base::Milliseconds delay, std::function<void()> done) {
    const std::uint64_t id = ++last_timer_;
    Timer& timer = timers_[id];
    timer.loop = this;
    timer.id = id;
    timer.done = std::move(done);
    evtimer_assign(&timer.due, base_.get(), on_timer, &timer);
    if (delay.count() > 0) {
        // libevent counts from the start of this turn of the loop, which may be long ago.
        event_base_update_cache_time(base_.get());
        delay += tick_;
    }
    const auto ms = std::max<std::int64_t>(delay.count(), 0);
    timeval in{};
    in.tv_sec = static_cast<time_t>(ms / 1000);
    in.tv_usec = static_cast<suseconds_t>(ms % 1000 * 1000);
    evtimer_add(&timer.due, &in);
    return base::Pending(this, cancel_timer, id);
}

void EventLoop::on_timer(evutil_socket_t, short, void* timer) noexcept {
    auto* self = static_cast<Timer*>(timer);
    EventLoop* loop = self->loop;
    const std::function<void()> done = std::move(self->done);
    loop->timers_.erase(self->id);
    done();
}

void EventLoop::cancel_timer(void* self, std::uint64_t id) noexcept {
    auto* loop = static_cast<EventLoop*>(self);
    const auto found = loop->timers_.find(id);
    if (found == loop->timers_.end()) return;
    event_del(&found->second.due);
    // The captures may own what ends up here again: out of the table first.
    const std::function<void()> done = std::move(found->second.done);
    loop->timers_.erase(found);
}

}  // namespace app
