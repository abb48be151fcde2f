// SPDX-License-Identifier: MIT
#include "lib/policy/refresh_queue.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using base::Seconds;
using base::WallTime;
using policy::RefreshQueue;

namespace {

WallTime at(int seconds) {
    return WallTime{Seconds{1767225600 + seconds}};
}

void offer(RefreshQueue& queue, const std::string& domain, int due) {
    queue.offer({domain, at(due), at(due + 1000), false});
}
void offer_pressing(RefreshQueue& queue, const std::string& domain, int due, int until) {
    queue.offer({domain, at(due), at(until), true});
}

std::vector<std::string> take_all(RefreshQueue& queue) {
    std::vector<std::string> out;
    while (const auto domain = queue.take())
        out.push_back(domain->text());
    return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("refresh queue: in the order in which they fell due") {
    RefreshQueue queue;
    queue.next_second();
    offer(queue, "b.example", 20);
    offer(queue, "c.example", 30);
    offer(queue, "a.example", 10);
    CHECK(take_all(queue) == Names{"a.example", "b.example", "c.example"});
    CHECK(queue.size() == 0);
}

TEST_CASE("refresh queue: offered again, it stands in it once") {
    RefreshQueue queue;
    queue.next_second();
    offer(queue, "a.example", 10);
    offer(queue, "a.example", 10);
    CHECK(take_all(queue) == Names{"a.example"});
}

TEST_CASE("refresh queue: none before its first second") {
    RefreshQueue queue;
    offer(queue, "a.example", 10);
    CHECK(take_all(queue).empty());
    queue.next_second();
    CHECK(take_all(queue) == Names{"a.example"});
}

TEST_CASE("refresh queue: pressing ones wait for no second, and the nearest end comes first") {
    RefreshQueue queue;
    for (int i = 0; i < 100; ++i)
        offer_pressing(queue, "d" + std::to_string(i) + ".example", i, 1000 - i);
    const Names taken = take_all(queue);
    REQUIRE(taken.size() == 100);
    CHECK(taken.front() == "d99.example");
    CHECK(taken.back() == "d0.example");
}

TEST_CASE("refresh queue: pressing ones and others take turns") {
    RefreshQueue queue;
    queue.next_second();
    for (int i = 0; i < 3; ++i) {
        offer(queue, "o" + std::to_string(i) + ".example", i);
        offer_pressing(queue, "p" + std::to_string(i) + ".example", i, i);
    }
    CHECK(take_all(queue) ==
          Names{"p0.example", "o0.example", "p1.example", "o1.example", "p2.example", "o2.example"});
}

TEST_CASE("refresh queue: the pace is half as much again as the need, and at least the least") {
    struct Row {
        double need;
        std::size_t in_ten_seconds;
    };
    for (const Row& row : {Row{0, 80}, Row{1, 80}, Row{10, 150}, Row{11.5, 172}, Row{100, 1500}}) {
        CAPTURE(row.need);
        RefreshQueue queue;
        queue.set_need(row.need);
        for (int i = 0; i < 2000; ++i)
            offer(queue, "d" + std::to_string(i) + ".example", i);
        std::size_t taken = 0, most = 0;
        for (int second = 0; second < 10; ++second) {
            queue.next_second();
            const std::size_t now = take_all(queue).size();
            most = std::max(most, now);
            taken += now;
        }
        CHECK(taken == row.in_ten_seconds);
        CHECK(static_cast<double>(most) <= queue.pace() + 1);
    }
}

TEST_CASE("refresh queue: a second in which nothing could begin is not made up for") {
    RefreshQueue queue;
    for (int i = 0; i < 100; ++i)
        offer(queue, "d" + std::to_string(i) + ".example", i);
    for (int second = 0; second < 60; ++second)
        queue.next_second();
    CHECK(take_all(queue).size() == 9);
}

TEST_CASE("refresh queue: one that is not begun takes nobody's turn") {
    RefreshQueue queue;
    for (int i = 0; i < 100; ++i)
        offer(queue, "d" + std::to_string(i) + ".example", i);
    offer_pressing(queue, "p.example", 0, 0);
    queue.next_second();
    int taken = 0;
    for (; taken < 100 && queue.take(); ++taken)
        if (taken % 2 == 0) queue.not_begun();
    CHECK(taken == 16);
}

TEST_CASE("refresh queue: bounded, and it keeps the first") {
    constexpr int kOffered = static_cast<int>(RefreshQueue::kPlaces) * 3;
    RefreshQueue queue;
    for (int i = 0; i < kOffered; ++i) {
        const int backwards = kOffered - i;  // each new one before all others
        offer(queue, "d" + std::to_string(backwards) + ".example", backwards);
        offer_pressing(queue, "p" + std::to_string(i) + ".example", i, i);
    }
    CHECK(queue.size() == 2 * RefreshQueue::kPlaces);
    queue.next_second();
    CHECK(queue.take()->text() == "p0.example");
    CHECK(queue.take()->text() == "d1.example");
    offer(queue, "d2.example", 2);  // is in already: nobody has to go for it
    CHECK(queue.size() == 2 * RefreshQueue::kPlaces - 2);
}
