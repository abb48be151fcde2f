// SPDX-License-Identifier: MIT
#include "daemon/adapters/fetch_queue.h"

#include <doctest/doctest.h>

#include <map>
#include <utility>

#include "tests/support/manual_loop.h"

using app::FetchQueue;

namespace {

const dns::Address kA = dns::Address::parse("192.0.2.1").value();
const dns::Address kB = dns::Address::parse("2001:db8::1").value();
const dns::Address kC = dns::Address::parse("192.0.2.3").value();

struct Fixture {
    testing_support::ManualLoop loop;
    FetchQueue queue;
    std::vector<std::string> order;
    std::map<std::string, FetchQueue::Slot> held;
    std::map<std::string, base::Pending> pending;

    explicit Fixture(FetchQueue::Limits limits) : queue(loop, limits) {}
    void take(const std::string& who, const dns::Address& address) {
        pending[who] = queue.take(address, [this, who](FetchQueue::Slot slot) {
            order.push_back(who);
            held[who] = std::move(slot);
        });
    }
    std::vector<std::string> granted() {
        loop.run_ready();
        return std::exchange(order, {});
    }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a slot is granted later, never inside the call") {
    Fixture f({1, 1});
    f.take("a", kA);
    CHECK(f.order.empty());
    CHECK(f.granted() == Names{"a"});
    CHECK(f.queue.in_use() == 1);
}

TEST_CASE("the total is kept, first come first served") {
    Fixture f({2, 2});
    f.take("1", kA);
    f.take("2", kB);
    f.take("3", kC);
    f.take("4", kA);
    CHECK(f.granted() == Names{"1", "2"});
    f.held.erase("2");
    CHECK(f.granted() == Names{"3"});
    f.held.erase("1");
    f.held.erase("3");
    CHECK(f.granted() == Names{"4"});
    CHECK(f.queue.waiting() == 0);
}

TEST_CASE("a full address holds up nobody else") {
    Fixture f({10, 1});
    f.take("a1", kA);
    f.take("a2", kA);
    f.take("a3", kA);
    f.take("b1", kB);
    f.take("b2", kB);
    f.take("c1", kC);
    CHECK(f.granted() == Names{"a1", "b1", "c1"});
    f.held.erase("a1");
    CHECK(f.granted() == Names{"a2"});
    f.held.erase("b1");
    CHECK(f.granted() == Names{"b2"});
    CHECK(f.queue.in_use() == 3);
    CHECK(f.queue.waiting() == 1);
}

TEST_CASE("who waits can leave, at any place of the line") {
    for (const char* leaver : {"2", "3", "4"}) {
        CAPTURE(leaver);
        Fixture f({1, 1});
        for (const char* who : {"1", "2", "3", "4"})
            f.take(who, kA);
        CHECK(f.granted() == Names{"1"});
        f.pending.erase(leaver);
        Names rest;
        while (f.queue.in_use() > 0) {
            f.held.clear();
            for (const std::string& who : f.granted())
                rest.push_back(who);
        }
        CHECK(rest.size() == 2);
        for (const std::string& who : rest)
            CHECK(who != leaver);
    }
    Fixture f({1, 1});
    f.take("1", kA);
    f.pending.clear();
    CHECK(f.granted().empty());
    f.take("2", kA);
    CHECK(f.granted() == Names{"2"});
}

TEST_CASE("a slot given back while others are granted is used in the same turn") {
    Fixture f({1, 1});
    int turns = 0;
    std::vector<base::Pending> pending;
    for (int i = 0; i < 5; ++i)
        pending.push_back(f.queue.take(kA, [&turns](const FetchQueue::Slot&) { ++turns; }));
    f.loop.run_ready();
    CHECK(turns == 5);
    CHECK(f.queue.in_use() == 0);
}

TEST_CASE("limits can change: more are granted at once, fewer as slots come back") {
    Fixture f({4, 1});
    for (const char* who : {"1", "2", "3", "4"})
        f.take(who, kA);
    CHECK(f.granted() == Names{"1"});
    f.queue.set_limits({4, 3});
    CHECK(f.granted() == Names{"2", "3"});
    f.queue.set_limits({1, 1});
    f.held.erase("1");
    CHECK(f.granted().empty());
    f.held.erase("2");
    CHECK(f.granted().empty());
    f.held.erase("3");
    CHECK(f.granted() == Names{"4"});
}
