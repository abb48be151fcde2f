// SPDX-License-Identifier: MIT
#include "daemon/adapters/event_loop.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "daemon/adapters/system_clock.h"
#include "tests/support/drive_loop.h"

using app::EventLoop;
using base::Milliseconds;

TEST_CASE("a timer runs once, later, and not before its time") {
    EventLoop loop;
    const app::SystemClock clock;
    int runs = 0;
    const auto start = clock.mono();
    const auto timer = loop.after(Milliseconds(15), [&] { ++runs; });
    CHECK(runs == 0);
    REQUIRE(testing_support::drive(loop, [&] { return runs > 0; }));
    CHECK((clock.mono() - start).count() >= 14);  // 15 ms between two times that are both rounded down
    bool after = false;
    const auto other = loop.after(Milliseconds(5), [&] { after = true; });
    REQUIRE(testing_support::drive(loop, [&] { return after; }));
    CHECK(runs == 1);
}

TEST_CASE("a delay counts from the call, however long the turn of the loop has lasted") {
    EventLoop loop;
    const app::SystemClock clock;
    base::Pending inner;
    bool done = false;
    base::MonoTime start;
    const auto outer = loop.after(Milliseconds(0), [&] {
        const auto until = clock.mono() + Milliseconds(30);
        while (clock.mono() < until) {
        }
        start = clock.mono();
        inner = loop.after(Milliseconds(20), [&] { done = true; });
    });
    REQUIRE(testing_support::drive(loop, [&] { return done; }));
    CHECK((clock.mono() - start).count() >= 19);
}

TEST_CASE("a zero or negative delay means the next turn, never inside the call") {
    EventLoop loop;
    for (const int delay : {0, -5}) {
        CAPTURE(delay);
        bool done = false;
        const auto timer = loop.after(Milliseconds(delay), [&] { done = true; });
        CHECK_FALSE(done);
        CHECK(testing_support::drive(loop, [&] { return done; }));
    }
}

TEST_CASE("a destroyed Pending never runs, also when destroyed by a timer of the same turn") {
    EventLoop loop;
    base::Pending first, second;
    int runs = 0;
    first = loop.after(Milliseconds(0), [&] { ++runs, second.reset(); });
    second = loop.after(Milliseconds(0), [&] { ++runs, first.reset(); });
    bool end = false;
    const auto last = loop.after(Milliseconds(10), [&] { end = true; });
    REQUIRE(testing_support::drive(loop, [&] { return end; }));
    CHECK(runs == 1);
}

TEST_CASE("a timer may reset its own Pending and start another") {
    EventLoop loop;
    base::Pending timer;
    int runs = 0;
    std::function<void()> step = [&] {
        timer.reset();
        if (++runs < 3) timer = loop.after(Milliseconds(0), step);
    };
    timer = loop.after(Milliseconds(0), step);
    CHECK(testing_support::drive(loop, [&] { return runs == 3; }));
}

TEST_CASE("a cancelled timer lets go of what it captured at once") {
    EventLoop loop;
    const auto held = std::make_shared<int>(1);  // shared: the test looks at the count
    auto timer = loop.after(Milliseconds(1000), [held] {});
    CHECK(held.use_count() == 2);
    timer.reset();
    CHECK(held.use_count() == 1);
}

TEST_CASE("posted work runs on the loop's thread in order, from any thread") {
    EventLoop loop;
    std::string order;
    const auto here = std::this_thread::get_id();
    bool same_thread = true;
    std::thread other([&] {
        for (char c = 'a'; c <= 'z'; ++c)
            loop.post([&, c] {
                order += c;
                same_thread = same_thread && std::this_thread::get_id() == here;
            });
    });
    REQUIRE(testing_support::drive(loop, [&] { return order.size() == 26; }));
    other.join();
    CHECK(order == "abcdefghijklmnopqrstuvwxyz");
    CHECK(same_thread);
}

TEST_CASE("work posted by posted work runs in a later turn") {
    EventLoop loop;
    int depth = 0;
    std::function<void()> again = [&] {
        if (++depth < 5) loop.post(again);
    };
    loop.post(again);
    CHECK(depth == 0);
    loop.run_once();
    CHECK(depth == 1);
    CHECK(testing_support::drive(loop, [&] { return depth == 5; }));
}

TEST_CASE("run ends with stop, from a callback, before the run, and from another thread") {
    EventLoop loop;
    SUBCASE("from a callback") {
        const auto timer = loop.after(Milliseconds(0), [&] { loop.stop(); });
        loop.run();
    }
    SUBCASE("before the run") {
        loop.stop();
        loop.run();
    }
    SUBCASE("from another thread") {
        std::thread other([&] { loop.stop_from_any_thread(); });
        loop.run();
        other.join();
    }
    SUBCASE("and a stopped loop can run again") {
        loop.stop();
        loop.run();
        bool ran = false;
        const auto timer = loop.after(Milliseconds(0), [&] { ran = true, loop.stop(); });
        loop.run();
        CHECK(ran);
    }
}

TEST_CASE("a Watch tells what its descriptor is ready for, and its interest can change") {
    EventLoop loop;
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    int reads = 0, writes = 0;
    {
        app::Watch watch(loop, pair[0], app::Interest::kReadWrite, [&](app::Readiness ready) {
            if (ready.read) ++reads;
            if (ready.write) ++writes;
        });
        loop.run_once();
        CHECK(writes == 1);
        CHECK(reads == 0);
        CHECK(watch.set(app::Interest::kRead));
        REQUIRE(::write(pair[1], "x", 1) == 1);
        loop.run_once();
        CHECK(writes == 1);
        CHECK(reads == 1);
        CHECK(watch.set(app::Interest::kNone));
        bool end = false;
        const auto timer = loop.after(Milliseconds(5), [&] { end = true; });
        REQUIRE(testing_support::drive(loop, [&] { return end; }));
        CHECK(reads == 1);
    }
    ::close(pair[0]);
    ::close(pair[1]);
}

TEST_CASE("a Watch may be destroyed by its own callback") {
    EventLoop loop;
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    std::unique_ptr<app::Watch> watch;
    int calls = 0;
    watch = std::make_unique<app::Watch>(loop, pair[0], app::Interest::kWrite, [&](app::Readiness) {
        ++calls;
        watch.reset();
    });
    REQUIRE(testing_support::drive(loop, [&] { return calls == 1; }));
    bool end = false;
    const auto timer = loop.after(Milliseconds(5), [&] { end = true; });
    REQUIRE(testing_support::drive(loop, [&] { return end; }));
    CHECK(calls == 1);
    ::close(pair[0]);
    ::close(pair[1]);
}

TEST_CASE("a Watch on what cannot be waited for is refused") {
    EventLoop loop;
    const int closed = ::dup(0);
    ::close(closed);
    event_set_log_callback([](int, const char*) {});
    CHECK_THROWS(app::Watch(loop, -1, app::Interest::kRead, [](app::Readiness) {}));
    CHECK_THROWS(app::Watch(loop, closed, app::Interest::kRead, [](app::Readiness) {}));
    event_set_log_callback(nullptr);
}

TEST_CASE("a SignalWatch delivers each of its signals on the loop") {
    EventLoop loop;
    std::vector<int> seen;
    const app::SignalWatch signals(loop, {SIGUSR1, SIGUSR2}, [&](int signal) { seen.push_back(signal); });
    REQUIRE(::kill(::getpid(), SIGUSR1) == 0);
    REQUIRE(testing_support::drive(loop, [&] { return seen.size() == 1; }));
    CHECK(seen[0] == SIGUSR1);
    REQUIRE(::kill(::getpid(), SIGUSR2) == 0);
    REQUIRE(testing_support::drive(loop, [&] { return seen.size() == 2; }));
    CHECK(seen[1] == SIGUSR2);
}

TEST_CASE("the end of a turn comes after all that the turn has found ready, once") {
    EventLoop loop;
    int sockets[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    std::string order;
    app::EndOfTurn end(loop, [&] { order += 'E'; });
    {
        const auto ready = [&](app::Readiness) {
            char byte = 0;
            if (::recv(sockets[0], &byte, 1, MSG_DONTWAIT) == 1) order += byte;
            end.ask();
        };
        const app::Watch one(loop, sockets[0], app::Interest::kRead, ready);
        loop.post([&] {
            order += 'p';
            end.ask();
        });
        const auto timer = loop.after(Milliseconds(0), [&] {
            order += 't';
            end.ask();
        });
        REQUIRE(::send(sockets[1], "ab", 2, 0) == 2);
        loop.run_once();
        CHECK(order.size() == 4);
        CHECK(order.back() == 'E');
        loop.run_once();
        CHECK(order.substr(4) == "bE");
    }
    SUBCASE("asked for outside of a turn, it comes in the next") {
        end.ask();
        CHECK(order.size() == 6);
        loop.run_once();
        CHECK(order.substr(6) == "E");
    }
    SUBCASE("it may ask for itself") {
        int left = 2;
        app::EndOfTurn again(loop, [&] {
            if (--left > 0) again.ask();
        });
        again.ask();
        REQUIRE(testing_support::drive(loop, [&] { return left == 0; }));
    }
    SUBCASE("destroyed, it never comes") {
        {
            app::EndOfTurn gone(loop, [&] { order += 'X'; });
            gone.ask();
        }
        bool done = false;
        const auto timer = loop.after(Milliseconds(0), [&] { done = true; });
        REQUIRE(testing_support::drive(loop, [&] { return done; }));
        CHECK(order.size() == 6);
    }
    ::close(sockets[0]);
    ::close(sockets[1]);
}
