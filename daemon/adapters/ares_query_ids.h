// SPDX-License-Identifier: MIT
#pragma once
#include <sys/random.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace app {

/// Message ids that nobody can guess, from the kernel, one system call per 128 of them.
class AresQueryIds {
  public:
    /// Throws std::runtime_error where the kernel gives no random numbers.
    AresQueryIds() {
        if (!refill()) throw std::runtime_error("no random numbers from the kernel");
    }

    std::uint16_t next() {
        // A kernel that gave some once gives more, up to 256 bytes at a time and uninterrupted.
        if (used_ == ids_.size()) refill();
        return ids_[used_++];
    }

  private:
    bool refill() {
        used_ = 0;
        return ::getrandom(ids_.data(), sizeof ids_, 0) == static_cast<ssize_t>(sizeof ids_);
    }

    std::array<std::uint16_t, 128> ids_{};
    std::size_t used_ = 0;
};

}  // namespace app
