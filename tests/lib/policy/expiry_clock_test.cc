// SPDX-License-Identifier: MIT
#include "lib/policy/expiry_clock.h"

#include <doctest/doctest.h>

using base::Seconds;
using policy::ExpiryClock;

namespace {

const base::WallTime kStart{Seconds{1767225600}};

/// Wall and monotonic clock, moved each by hand.
class TwoClocks : public base::Clock {
  public:
    base::WallTime wall() const override { return wall_; }
    base::MonoTime mono() const override { return mono_; }
    void pass(Seconds time) { wall_ += time, mono_ += time; }
    void set_forward(Seconds by) { wall_ += by; }
    void set_back(Seconds by) { wall_ -= by; }

  private:
    base::WallTime wall_ = kStart;
    base::MonoTime mono_{base::Milliseconds{777123}};
};

const Seconds kHour{3600};
const Seconds kDay{86400};

}  // namespace

TEST_CASE("an undisturbed clock is believed") {
    TwoClocks clocks;
    ExpiryClock clock(clocks);
    for (int i = 0; i < 10; ++i) {
        clocks.pass(Seconds{1000});
        CHECK_FALSE(clock.observe());
        CHECK(clock.now() == clocks.wall());
        CHECK_FALSE(clock.doubting());
    }
}

TEST_CASE("a jump forward by more than an hour moves nothing for an hour, then is believed") {
    TwoClocks clocks;
    ExpiryClock clock(clocks);
    clocks.set_forward(30 * kDay);

    SUBCASE("seen at once") {
        CHECK(clock.observe() == 30 * kDay);
    }
    SUBCASE("seen a little later: until then it is doubted as well") {
        CHECK(clock.now() == kStart);
        CHECK(clock.doubting());
        clocks.pass(Seconds{1});
        CHECK(clock.now() == kStart + Seconds{1});
        CHECK(clock.observe() == 30 * kDay);
    }
    CHECK(clock.doubting());
    CHECK_FALSE(clock.observe());  // reported once
    const auto before = clock.now();
    clocks.pass(kHour - Seconds{1});
    CHECK_FALSE(clock.observe());
    CHECK(clock.doubting());
    CHECK(clock.now() == before + kHour - Seconds{1});
    clocks.pass(Seconds{1});
    CHECK_FALSE(clock.observe());
    CHECK_FALSE(clock.doubting());
    CHECK(clock.now() == clocks.wall());
}

TEST_CASE("a jump forward by an hour or less is believed at once") {
    TwoClocks clocks;
    ExpiryClock clock(clocks);
    clocks.set_forward(kHour);
    CHECK(clock.now() == clocks.wall());
    CHECK_FALSE(clock.observe());
    CHECK_FALSE(clock.doubting());
    // It is no part of a later jump.
    clocks.set_forward(kHour);
    CHECK_FALSE(clock.observe());
    CHECK(clock.now() == clocks.wall());
}

TEST_CASE("a clock that comes back from a jump is believed again, and the way back is reported") {
    TwoClocks clocks;
    ExpiryClock clock(clocks);
    clocks.set_forward(10 * kDay);
    CHECK(clock.observe() == 10 * kDay);
    clocks.pass(Seconds{10});
    clocks.set_back(10 * kDay);
    CHECK(clock.observe() == -10 * kDay);
    CHECK_FALSE(clock.doubting());
    CHECK(clock.now() == clocks.wall());
    // A new jump gets its whole hour.
    clocks.pass(kHour - Seconds{20});
    clocks.set_forward(kDay);
    CHECK(clock.observe() == kDay);
    clocks.pass(kHour - Seconds{1});
    CHECK_FALSE(clock.observe());
    CHECK(clock.doubting());
}

TEST_CASE("a further jump is doubted for an hour of its own") {
    TwoClocks clocks;
    ExpiryClock clock(clocks);
    clocks.set_forward(2 * kHour);
    CHECK(clock.observe() == 2 * kHour);
    clocks.pass(kHour - Seconds{10});
    CHECK_FALSE(clock.observe());
    clocks.set_forward(30 * kDay);
    CHECK(clock.observe() == 30 * kDay);
    clocks.pass(kHour - Seconds{1});
    CHECK_FALSE(clock.observe());
    CHECK(clock.doubting());
    CHECK(clock.now() == kStart + 2 * kHour - Seconds{11});
    clocks.pass(Seconds{1});
    CHECK_FALSE(clock.observe());
    CHECK(clock.now() == clocks.wall());
}

TEST_CASE("a clock set back is believed, and reported if it is more than a few seconds") {
    TwoClocks clocks;
    ExpiryClock clock(clocks);
    clocks.set_back(Seconds{2});
    CHECK_FALSE(clock.observe());
    CHECK(clock.now() == clocks.wall());
    clocks.set_back(30 * kDay);
    CHECK(clock.observe() == -30 * kDay);
    CHECK_FALSE(clock.observe());
    CHECK(clock.now() == clocks.wall());
    CHECK_FALSE(clock.doubting());
}
