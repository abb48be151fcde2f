// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/serving_world.h"

using testing_support::Client;
using testing_support::ServingWorld;

namespace {

const std::string kSecure = "OK secure match=mx.example.com servername=hostname";

std::string request(const std::string& key, const std::string& map = "postfix") {
    std::string out;
    socketmap::append_netstring(out, map + " " + key);
    return out;
}

}  // namespace

TEST_CASE("a domain with a policy is looked up, then answered from the cache") {
    ServingWorld world;
    world.publish("example.com", "mx.example.com");
    Client client(world.port);
    client.ask("postfix", "example.com");
    REQUIRE(world.until([&] { return client.replies().size() == 1; }));
    CHECK(client.replies()[0] == kSecure);
    CHECK(world.counters.misses == 1);
    client.ask("postfix", "EXAMPLE.com.");
    REQUIRE(world.until([&] { return client.replies().size() == 2; }));
    CHECK(client.replies()[1] == kSecure);
    CHECK(world.counters.hits == 1);
    CHECK(world.fetcher.requests().size() == 1);
}

TEST_CASE("requests that came together are answered in order, those behind one that waits too") {
    ServingWorld world;
    world.publish("example.com", "mx.example.com");
    Client client(world.port);
    client.send(request("example.com") + request(".example.com") + request("x", "nosuch") +
                request("example.com"));
    REQUIRE(world.until([&] { return client.replies().size() == 4; }));
    CHECK(client.replies()[0] == kSecure);
    CHECK(client.replies()[1] == "NOTFOUND ");
    CHECK(client.replies()[2] == "PERM unknown map \"nosuch\"");
    CHECK(client.replies()[3] == kSecure);
}

TEST_CASE("a burst longer than one turn's share is answered whole") {
    ServingWorld world;
    Client client(world.port);
    std::string burst;
    for (int i = 0; i < 1000; ++i)
        burst += request(".parent.example");
    client.send(burst);
    REQUIRE(world.until([&] { return client.replies().size() == 1000; }));
    CHECK_FALSE(client.closed());
}

TEST_CASE("a burst gets no more than its share of each turn") {
    ServingWorld world;
    auto client = world.connect();
    std::string burst;
    for (int i = 0; i < 8000; ++i)
        socketmap::append_netstring(burst, "postfix x");
    client.send(burst);
    std::uint64_t before = 0;
    while (before < 3000) {
        world.loop.run_once();
        const std::uint64_t answered = world.counters.answers_notfound.load();
        REQUIRE(answered - before <= 64);
        before = answered;
        client.replies();
    }
}

TEST_CASE("a frame may come byte by byte, and in one piece with the next") {
    ServingWorld world;
    Client client(world.port);
    const std::string text = request(".example.com");
    for (const char c : text) {
        client.send(std::string(1, c));
        CHECK(world.until([&, turns = 0]() mutable { return ++turns > 2; }));
    }
    REQUIRE(world.until([&] { return client.replies().size() == 1; }));
}

TEST_CASE("a client that has shut down its sending side gets its answers, then the end") {
    ServingWorld world;
    world.publish("example.com", "mx.example.com");
    Client client(world.port);
    client.send(request("example.com") + request("example.com"));
    client.shut_down();
    REQUIRE(world.until([&] { return client.closed(); }));
    CHECK(client.replies().size() == 2);
}

TEST_CASE("a malformed frame closes that connection and is counted; what came before it is answered") {
    for (const std::string bad : {"x", ":", "-1:a,", "05:postf,", "3:abcd", "GET / HTTP/1.1\r\n\r\n"}) {
        CAPTURE(bad);
        ServingWorld world;
        Client other(world.port);
        Client client(world.port);
        client.send(request(".example.com") + bad);
        REQUIRE(world.until([&] { return client.closed(); }));
        CHECK(client.replies().size() == 1);
        CHECK(world.counters.malformed_frames == 1);
        other.send(request(".example.com"));
        REQUIRE(world.until([&] { return other.replies().size() == 1; }));
    }
}

TEST_CASE("an oversized frame closes the connection before it is sent") {
    ServingWorld world;
    Client client(world.port);
    client.send("10301:postfix ");
    REQUIRE(world.until([&] { return client.closed(); }));
    CHECK(world.counters.oversized_frames == 1);
}

TEST_CASE("a frame that is not whole after 30 s closes the connection; an idle one stays") {
    ServingWorld world;
    Client stalled(world.port);
    Client idle(world.port);
    stalled.send("20:postf");
    REQUIRE(
        world.until([&, beat = world.server->heartbeat()] { return world.server->heartbeat() > beat + 1; }));
    world.time.advance(std::chrono::seconds(29));
    REQUIRE(
        world.until([&, beat = world.server->heartbeat()] { return world.server->heartbeat() > beat + 1; }));
    CHECK_FALSE(stalled.closed());
    world.time.advance(std::chrono::seconds(10));
    REQUIRE(world.until([&] { return stalled.closed(); }));
    CHECK(world.counters.stalled_frames == 1);
    CHECK_FALSE(idle.closed());
}

TEST_CASE("a frame that became whole in time no longer counts, and the next has its own 30 s") {
    ServingWorld world;
    const auto tick = [&] {
        return world.until(
            [&, beat = world.server->heartbeat()] { return world.server->heartbeat() > beat + 1; });
    };
    Client client(world.port);
    client.send("20:postf");
    REQUIRE(tick());
    world.time.advance(std::chrono::seconds(20));
    client.send("ix .example.com,");
    REQUIRE(world.until([&] { return client.replies().size() == 1; }));
    world.time.advance(std::chrono::seconds(20));
    REQUIRE(tick());
    CHECK_FALSE(client.closed());
    client.send("20:postf");
    REQUIRE(tick());
    world.time.advance(std::chrono::seconds(20));
    REQUIRE(tick());
    CHECK_FALSE(client.closed());
    CHECK(world.counters.stalled_frames == 0);
}

TEST_CASE("who speaks, connects or begins a frame after a standstill is not taken for idle or stalled") {
    ServingWorld world;
    Client speaks(world.port);
    REQUIRE(world.until([&] { return world.counters.connections_open == 1; }));
    world.time.advance(std::chrono::hours(2));
    Client connects(world.port);
    Client begins(world.port);
    speaks.send(request(".example.com"));
    begins.send("20:postf");
    REQUIRE(
        world.until([&, beat = world.server->heartbeat()] { return world.server->heartbeat() > beat + 1; }));
    CHECK(speaks.replies().size() == 1);
    CHECK_FALSE(speaks.closed());
    CHECK_FALSE(connects.closed());
    CHECK_FALSE(begins.closed());
    CHECK(world.counters.stalled_frames == 0);
}

TEST_CASE("an idle connection is closed after idle_timeout") {
    ServingWorld world;
    Client idle(world.port);
    REQUIRE(world.until([&] { return world.counters.connections_open == 1; }));
    world.time.advance(std::chrono::minutes(59));
    REQUIRE(
        world.until([&, beat = world.server->heartbeat()] { return world.server->heartbeat() > beat + 1; }));
    CHECK_FALSE(idle.closed());
    world.time.advance(std::chrono::minutes(2));
    REQUIRE(world.until([&] { return idle.closed(); }));
}

TEST_CASE("what is not known within answer_within counts as failed, and the work goes on") {
    ServingWorld world;
    world.publish("example.com", "mx.example.com");
    world.fetcher.delay("mta-sts.example.com", std::chrono::seconds(40));
    Client client(world.port);
    client.ask("postfix", "example.com");
    REQUIRE(world.until([&] { return world.resolver.questions().size() >= 1; }));
    world.time.advance(std::chrono::seconds(26));
    REQUIRE(world.until([&] { return client.replies().size() == 1; }));
    CHECK(client.replies()[0] == "NOTFOUND ");
    CHECK(world.counters.late_answers == 1);
    world.time.advance(std::chrono::seconds(20));
    client.ask("postfix", "example.com");
    REQUIRE(world.until([&] { return client.replies().size() == 2; }));
    CHECK(client.replies()[1] == kSecure);
}

TEST_CASE("a client that hangs up takes nothing with it, and its late answer reaches nobody else") {
    ServingWorld world;
    world.publish("example.com", "mx.example.com");
    world.fetcher.delay("mta-sts.example.com", std::chrono::seconds(2));
    {
        Client gone(world.port);
        gone.ask("postfix", "example.com");
        REQUIRE(world.until([&] { return world.resolver.questions().size() >= 1; }));
    }
    Client next(world.port);
    next.send(request(".example.com"));
    REQUIRE(world.until([&] { return next.replies().size() == 1; }));
    world.time.advance(std::chrono::seconds(3));
    next.ask("postfix", "example.com");
    REQUIRE(world.until([&] { return next.replies().size() == 2; }));
    CHECK(next.replies()[1] == kSecure);
    CHECK(world.fetcher.requests().size() == 1);
}

TEST_CASE("at max_connections accepting pauses; who waits is served when another leaves") {
    app::SocketmapServer::Options options;
    options.max_connections = 2;
    ServingWorld world(options);
    Client a(world.port);
    Client b(world.port);
    REQUIRE(world.until([&] { return world.counters.connections_open == 2; }));
    Client c(world.port);
    c.send(request(".example.com"));
    a.send(request(".example.com"));
    REQUIRE(world.until([&] { return a.replies().size() == 1; }));
    CHECK(c.replies().empty());
    a.close();
    REQUIRE(world.until([&] { return c.replies().size() == 1; }));
    CHECK(world.counters.connections_accepted == 3);
}

TEST_CASE("a client that does not read is not buffered for without end") {
    ServingWorld world;
    Client greedy(world.port);
    Client other(world.port);
    std::string burst;
    while (burst.size() < 60000)
        burst += request(".x", std::string(200, 'm'));
    for (int i = 0; i < 10; ++i)
        greedy.send(burst);
    other.send(request(".example.com"));
    REQUIRE(world.until([&] { return other.replies().size() == 1; }));
    std::size_t want = 10 * (burst.size() / request(".x", std::string(200, 'm')).size());
    REQUIRE(world.until([&] { return greedy.replies().size() == want; }));
}

TEST_CASE("draining answers what has been received and what waits, then closes") {
    ServingWorld world;
    world.publish("example.com", "mx.example.com");
    world.fetcher.delay("mta-sts.example.com", std::chrono::seconds(2));
    Client waits(world.port);
    Client idle(world.port);
    waits.ask("postfix", "example.com");
    REQUIRE(world.until([&] { return world.resolver.questions().size() >= 1; }));
    bool drained = false;
    world.server->drain([&] { drained = true; });
    REQUIRE(world.until([&] { return idle.closed(); }));
    CHECK_FALSE(drained);
    world.time.advance(std::chrono::seconds(3));
    REQUIRE(world.until([&] { return drained; }));
    REQUIRE(world.until([&] { return waits.closed(); }));
    CHECK(waits.replies().size() == 1);
    CHECK(waits.replies()[0] == kSecure);
}
