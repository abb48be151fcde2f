// SPDX-License-Identifier: MIT
// Watch and SignalWatch: descriptors and signals on an EventLoop.
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "daemon/adapters/event_loop.h"

namespace app {

Watch::Watch(EventLoop& loop, int descriptor, Interest interest, Callback callback)
    : loop_(loop), descriptor_(descriptor), callback_(std::move(callback)) {
    // libevent takes -1 for an event without a descriptor.
    if (descriptor < 0 || !set(interest)) throw std::runtime_error("cannot wait for a descriptor");
}

Watch::~Watch() {
    if (interest_ != Interest::kNone) event_del(&event_);
}

bool Watch::set(Interest interest) {
    if (interest == interest_) return true;
    if (interest_ != Interest::kNone) event_del(&event_);
    interest_ = Interest::kNone;
    if (interest == Interest::kNone) return true;
    const short what = static_cast<short>(static_cast<short>(interest) | EV_PERSIST);
    if (event_assign(&event_, loop_.base(), descriptor_, what, on_event, this) != 0) return false;
    if (event_add(&event_, nullptr) != 0) return false;
    interest_ = interest;
    return true;
}

void Watch::on_event(evutil_socket_t, short what, void* self) noexcept {
    static_cast<Watch*>(self)->callback_(Readiness{(what & EV_READ) != 0, (what & EV_WRITE) != 0});
}

EndOfTurn::EndOfTurn(EventLoop& loop, std::function<void()> callback) : callback_(std::move(callback)) {
    event_assign(&event_, loop.base(), -1, EV_PERSIST, on_event, this);
}

EndOfTurn::~EndOfTurn() {
    event_del(&event_);
}

// libevent handles what becomes active in a callback in the same turn, behind all that was active before.
void EndOfTurn::ask() {
    event_active(&event_, EV_READ, 0);
}

void EndOfTurn::on_event(evutil_socket_t, short, void* self) noexcept {
    static_cast<EndOfTurn*>(self)->callback_();
}

SignalWatch::SignalWatch(EventLoop& loop, std::initializer_list<int> signals,
                         std::function<void(int)> callback)
    : callback_(std::move(callback)) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals)
        sigaddset(&set, signal);
    if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) throw std::runtime_error("cannot block signals");
    descriptor_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (descriptor_ < 0) throw std::runtime_error("cannot read signals");
    try {
        watch_.emplace(loop, descriptor_, Interest::kRead, [this](Readiness) { on_readable(); });
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

SignalWatch::~SignalWatch() {
    watch_.reset();
    ::close(descriptor_);
}

void SignalWatch::on_readable() {
    // One at a time: the callback may destroy this object. The loop comes back for the next.
    signalfd_siginfo info{};
    if (::read(descriptor_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return;
    const auto callback = callback_;
    callback(static_cast<int>(info.ssi_signo));
}

}  // namespace app
