// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>

namespace base {

using Milliseconds = std::chrono::duration<std::int64_t, std::milli>;
using Seconds = std::chrono::duration<std::int64_t>;

struct WallClock {};
struct MonoClock {};

/// Time of day, in seconds since 1970-01-01 UTC. Can be set forward and back by the operator; survives a
/// restart. For expiry of policies and for people.
using WallTime = std::chrono::time_point<WallClock, Seconds>;

/// Time since some start of this process, in milliseconds. Never goes back, means nothing after a restart.
/// For deadlines, rechecks and back-off. WallTime and MonoTime cannot be mixed: they are different types.
using MonoTime = std::chrono::time_point<MonoClock, Milliseconds>;

/// Where time comes from. The process has one; tests have one that stands still until told.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual WallTime wall() const = 0;
    virtual MonoTime mono() const = 0;
};

/// The moment after which an answer is of no use any more. A type of its own, so that nobody passes a
/// duration.
struct Deadline {
    MonoTime at;
};

}  // namespace base
