// SPDX-License-Identifier: MIT
// Silence at every stage: the deadline, the connect timeout and cancellation.
#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <new>
#include <utility>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using curl_test::Outcome;
using testing_support::LoopbackHttps;
using testing_support::ok_response;
using testing_support::Peer;
using testing_support::respond;
using testing_support::SilentPort;

namespace {

struct Stage {
    const char* what;
    LoopbackHttps::Script script;
};

LoopbackHttps::Script silent_after(std::string data) {
    return [data = std::move(data)](Peer& peer) {
        if (peer.handshake() && peer.read_request() && peer.send(data)) peer.wait_until_closed();
    };
}

// One byte each millisecond, for ever: no silence anywhere.
LoopbackHttps::Script drip(std::string head) {
    return [head = std::move(head)](Peer& peer) {
        if (!peer.handshake() || !peer.read_request() || !peer.send(head)) return;
        while (peer.idle(1) && peer.send("x")) {
        }
    };
}

std::vector<Stage> stages() {
    return {
        {"no TLS", [](Peer& peer) { peer.wait_until_closed(); }},
        {"half a TLS record",
         [](Peer& peer) {
             peer.send_raw("\x16\x03\x03");
             peer.wait_until_closed();
         }},
        {"no status line", silent_after("")},
        {"half a status line", silent_after("HTTP/1.")},
        {"half the header", silent_after("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n")},
        {"no body", silent_after("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")},
        {"half the body", silent_after("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")},
        {"dripping header", drip("HTTP/1.1 200 OK\r\nX: ")},
        {"dripping body", drip("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")},
    };
}

}  // namespace

TEST_CASE("the deadline ends a fetch at every stage, and closes its connection") {
    Fixture f;
    for (const Stage& stage : stages()) {
        CAPTURE(std::string(stage.what));
        const LoopbackHttps server(good_identity(), stage.script);
        app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
        const auto start = f.clock.mono();
        CHECK(describe(f.fetch(fetcher, f.request(), 60)) == "timeout");
        CHECK((f.clock.mono() - start).count() >= 59);
        CHECK(fetcher.connections() == 0);
        f.reach([&] { return server.open() == 0; });
    }
}

TEST_CASE("a deadline that has passed already is kept too") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
    CHECK(describe(f.fetch(fetcher, f.request(), -1000)) == "timeout");
}

TEST_CASE("the deadline runs while TCP gets no answer") {
    Fixture f;
    const SilentPort dead("127.0.0.1", 0);
    app::CurlFetcher fetcher = f.fetcher(f.options(dead.port()));
    CHECK(describe(f.fetch(fetcher, f.request(), 60)) == "timeout");
}

TEST_CASE("the connect timeout covers TCP and TLS together") {
    Fixture f;
    const LoopbackHttps silent(good_identity(), stages().at(0).script);
    app::CurlFetcher::Options options = f.options(silent.port());
    options.connect_timeout = base::Milliseconds(60);
    CHECK(describe(f.fetch(options, f.request())) == "timeout");

    const SilentPort dead("127.0.0.1", 0);
    options.port = dead.port();
    CHECK(describe(f.fetch(options, f.request())) == "timeout");

    // And ends with TLS: what comes later is the deadline's.
    const LoopbackHttps slow(good_identity(), [](Peer& peer) {
        if (peer.handshake() && peer.read_request() && peer.idle(150)) peer.send(ok_response("x"));
        peer.close_tls();
    });
    options.port = slow.port();
    CHECK(describe(f.fetch(options, f.request())) == "200");
}

TEST_CASE("a fetch that is cancelled at any stage never calls back, and its connection is closed") {
    Fixture f;
    for (const Stage& stage : stages()) {
        CAPTURE(std::string(stage.what));
        const LoopbackHttps server(good_identity(), stage.script);
        app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
        bool called = false;
        auto pending = fetcher.get(f.request(), f.within(10'000), [&](const Outcome&) { called = true; });
        const bool wants_request = std::string(stage.what).find("TLS") == std::string::npos;
        f.reach([&] { return wants_request ? server.requests().size() == 1 : server.accepted() == 1; });
        pending.reset();
        CHECK(fetcher.connections() == 0);
        f.reach([&] { return server.open() == 0; });
        CHECK_FALSE(called);
        CHECK_FALSE(pending);
    }
}

TEST_CASE("a fetch can be cancelled before it connects, and after it is over") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
    bool called = false;
    {
        const auto pending =
            fetcher.get(f.request(), f.within(10'000), [&](const Outcome&) { called = true; });
    }
    CHECK(fetcher.waiting() == 0);

    base::Pending within_callback;
    bool over = false;
    within_callback = fetcher.get(f.request(), f.within(10'000), [&](const Outcome&) {
        over = true;
        within_callback.reset();
    });
    REQUIRE(testing_support::drive(f.loop, [&] { return over; }));
    CHECK_FALSE(called);
    CHECK(server.accepted() == 1);
}

TEST_CASE("cancelling one fetch from the callback of another") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
    std::vector<base::Pending> pendings;
    int called = 0;
    for (int i = 0; i < 8; ++i)
        pendings.push_back(fetcher.get(f.request(), f.within(10'000), [&](const Outcome&) {
            ++called;
            pendings.clear();
        }));
    REQUIRE(testing_support::drive(f.loop, [&] { return called > 0; }));
    f.reach([&] { return server.open() == 0; });
    CHECK(called == 1);
    CHECK(fetcher.connections() == 0);
}

TEST_CASE("a callback may start the next fetch") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
    int left = 5;
    base::Pending pending;
    std::function<void()> next = [&] {
        pending = fetcher.get(f.request(), f.within(10'000), [&](const Outcome& outcome) {
            CHECK(describe(outcome) == "200");
            if (--left > 0) next();
        });
    };
    next();
    REQUIRE(testing_support::drive(f.loop, [&] { return left == 0; }));
    CHECK(server.accepted() == 5);
}

TEST_CASE("a fetcher can be destroyed with fetches under way") {
    Fixture f;
    for (const Stage& stage : stages()) {
        CAPTURE(std::string(stage.what));
        const LoopbackHttps server(good_identity(), stage.script);
        app::CurlFetcher::Options options = f.options(server.port());
        options.max_concurrent = 2;
        bool called = false;
        // A Pending may not outlive its fetcher; these are never destroyed.
        alignas(base::Pending) std::byte forgotten[4][sizeof(base::Pending)];
        {
            app::CurlFetcher fetcher = f.fetcher(options);
            for (auto& place : forgotten)
                new (place) base::Pending(
                    fetcher.get(f.request(), f.within(10'000), [&](const Outcome&) { called = true; }));
            f.reach([&] { return server.accepted() == 2; });
            CHECK(fetcher.waiting() == 2);
        }
        f.reach([&] { return server.open() == 0; });
        CHECK_FALSE(called);
    }
}
