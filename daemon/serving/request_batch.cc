// SPDX-License-Identifier: MIT
#include "daemon/serving/request_batch.h"

#include <utility>

namespace app {

RequestBatch::RequestBatch(EventLoop& loop, const policy::Responder& responder, Answer answer)
    : responder_(responder),
      answer_(std::move(answer)),
      end_of_turn_(loop, [this] { this->answer(); }),
      buffer_(std::make_unique<std::array<char, kBufferBytes>>()) {}

void RequestBatch::add(const Ticket& from, std::string_view payload, std::string_view behind,
                       std::uint64_t began, const policy::Rules& rules) {
    if (count_ == 0) end_of_turn_.ask();
    Received& received = received_[count_++];
    received.ticket = from;
    received.behind = behind;
    received.began = began;
    responder_.read(payload, rules, received.request);
    used_ = static_cast<std::size_t>(behind.data() + behind.size() - buffer_->data());
    if (count_ == kMost || used_ > kBufferBytes / 2) answer();
}

void RequestBatch::answer() {
    const std::span<Received> all = std::span(received_).first(std::exchange(count_, 0));
    for (const Received& received : all)
        responder_.prefetch(received.request);
    for (Received& received : all)
        answer_(received);
    used_ = 0;
}

}  // namespace app
