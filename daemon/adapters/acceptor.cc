// SPDX-License-Identifier: MIT
#include "daemon/adapters/acceptor.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace app {
namespace {
constexpr base::Milliseconds kPause{500};
}  // namespace

Acceptor::Acceptor(EventLoop& loop, int listener, std::function<void(int)> accepted)
    : loop_(loop),
      listener_(listener),
      accepted_(std::move(accepted)),
      watch_(std::in_place, loop, listener, Interest::kRead, [this](Readiness) { on_acceptable(); }) {}

void Acceptor::on_acceptable() {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) return accepted_(descriptor);
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
    watch_->set(Interest::kNone);
    again_ = loop_.after(kPause, [this] { watch_->set(Interest::kRead); });
}

}  // namespace app
