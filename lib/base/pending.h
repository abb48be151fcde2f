// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <utility>

namespace base {

/// Something under way. Whoever starts an operation owns its Pending; destroying or resetting it means
/// that the operation's callback will never run. After the callback has run, it is inert.
/// The party that hands it out gives itself, a function and a number; the number must not be reused while
/// the Pending can still be alive, and cancelling a number that is over must do nothing.
/// Not thread-safe: lives and dies on the thread of the operation. The party must outlive it.
class [[nodiscard]] Pending {
  public:
    using Cancel = void (*)(void* party, std::uint64_t id) noexcept;

    Pending() = default;
    Pending(void* party, Cancel cancel, std::uint64_t id) : party_(party), cancel_(cancel), id_(id) {}
    Pending(Pending&& other) noexcept
        : party_(std::exchange(other.party_, nullptr)), cancel_(other.cancel_), id_(other.id_) {}
    Pending& operator=(Pending&& other) noexcept {
        if (this != &other) {
            reset();
            party_ = std::exchange(other.party_, nullptr);
            cancel_ = other.cancel_;
            id_ = other.id_;
        }
        return *this;
    }
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    ~Pending() { reset(); }

    /// Cancels. Safe to call from within the operation's own callback.
    void reset() noexcept {
        if (void* party = std::exchange(party_, nullptr)) cancel_(party, id_);
    }
    /// True while this object could still cancel something (it may have completed meanwhile).
    explicit operator bool() const { return party_ != nullptr; }

  private:
    void* party_ = nullptr;
    Cancel cancel_ = nullptr;
    std::uint64_t id_ = 0;
};

}  // namespace base
