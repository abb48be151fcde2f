// SPDX-License-Identifier: MIT
// What one client may take from the others, and what is left of one that has gone.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include "tests/support/in_child.h"
#include "tests/support/serving_world.h"

using testing_support::Client;
using testing_support::ServingWorld;

namespace {

using namespace std::chrono_literals;

bool tick(ServingWorld& world) {
    return world.until(
        [&, beat = world.server->heartbeat()] { return world.server->heartbeat() > beat + 1; });
}

/// How often the loop turns in 300 ms of real time, two ticks.
int turns_at_rest(ServingWorld& world) {
    bool over = false;
    const base::Pending timer = world.loop.after(300ms, [&over] { over = true; });
    int turns = 0;
    while (!over) {
        world.loop.run_once();
        ++turns;
    }
    return turns;
}

/// More connections than one tick judges for silence.
std::vector<std::unique_ptr<Client>> many_clients(ServingWorld& world) {
    std::vector<std::unique_ptr<Client>> clients;
    while (clients.size() < 300) {
        clients.push_back(std::make_unique<Client>(world.port));
        if (!world.until([&] { return world.counters.connections_open == clients.size(); })) return {};
    }
    return clients;
}

/// A policy for example.com whose reply is some 30 KB long.
void publish_long(ServingWorld& world) {
    std::string body = "version: STSv1\nmode: enforce\nmax_age: 86400\n";
    for (int i = 1000; i < 3000; ++i)
        body += "mx: mx" + std::to_string(i) + ".example.com\n";
    world.publish("example.com", "mx.example.com");
    world.fetcher.serve("mta-sts.example.com", body);
}

}  // namespace

TEST_CASE("long replies to a burst are spread over several turns") {
    ServingWorld world;
    publish_long(world);
    Client client(world.port);
    client.ask("postfix", "example.com");
    REQUIRE(world.until([&] { return client.replies().size() == 1; }));
    REQUIRE(client.replies()[0].size() > 30000);

    std::string burst;
    for (int i = 0; i < 60; ++i)
        socketmap::append_netstring(burst, "postfix example.com");
    client.send(burst);
    std::uint64_t before = world.counters.answers_secure.load(), most = 0;
    while (client.replies().size() < 61) {
        world.loop.post([] {});
        world.loop.run_once();
        const std::uint64_t answered = world.counters.answers_secure.load();
        most = std::max(most, answered - before);
        before = answered;
    }
    CHECK(most > 0);
    CHECK(most <= 9);  // 256 KiB and the reply that crosses that line
}

TEST_CASE("requests behind a reply that had no room are answered once the client reads") {
    ServingWorld world;
    publish_long(world);
    Client client(world.port);
    std::string burst;
    for (int i = 0; i < 600; ++i)
        socketmap::append_netstring(burst, "postfix example.com");
    client.send(burst);
    const auto answered = [&] { return world.counters.answers_secure.load(); };
    REQUIRE(world.until([&] { return answered() > 0; }));
    for (std::uint64_t before = 0; before != answered();) {
        before = answered();
        REQUIRE(tick(world));
    }
    REQUIRE(answered() < 600);  // some stand behind; nothing more comes from the client
    CHECK(world.until([&] { return client.replies().size() == 600; }));
}

TEST_CASE("the idle time of a client that waited for its answer begins with the answer") {
    app::SocketmapServer::Options options;
    options.idle_timeout = 30s;
    options.answer_within = 25s;
    ServingWorld world(options);
    world.publish("example.com", "mx.example.com");
    world.fetcher.delay("mta-sts.example.com", 100s);
    Client client(world.port);
    client.ask("postfix", "example.com");
    REQUIRE(world.until([&] { return !world.resolver.questions().empty(); }));
    world.time.advance(26s);
    REQUIRE(world.until([&] { return client.replies().size() == 1; }));
    world.time.advance(20s);
    REQUIRE(tick(world));
    CHECK_FALSE(client.closed());
    world.time.advance(15s);
    REQUIRE(world.until([&] { return client.closed(); }));
}

TEST_CASE("of many connections each that is idle is closed within a second") {
    app::SocketmapServer::Options options;
    options.idle_timeout = 30s;
    ServingWorld world(options);
    const auto clients = many_clients(world);
    REQUIRE(!clients.empty());
    world.time.advance(31s);
    const std::uint64_t beat = world.server->heartbeat();
    REQUIRE(world.until([&] { return world.counters.connections_open == 0; }));
    CHECK(world.server->heartbeat() - beat <= app::SocketmapServer::kTicksPerRound);
}

TEST_CASE(
    "of many connections each that waits is answered in time, and its next question has a time of its own") {
    ServingWorld world;
    world.publish("example.com", "mx.example.com");
    world.publish("other.example", "mx.other.example");
    world.fetcher.delay("mta-sts.example.com", 40s);
    world.fetcher.delay("mta-sts.other.example", 100s);
    const auto clients = many_clients(world);
    REQUIRE(!clients.empty());
    for (const auto& client : clients) {
        client->ask("postfix", "example.com");
        client->ask("postfix", "other.example");
    }
    const auto late = [&] { return world.counters.late_answers.load(); };
    REQUIRE(world.until([&] { return !world.resolver.questions().empty(); }));
    REQUIRE(tick(world));
    CHECK(late() == 0);
    world.time.advance(26s);
    const std::uint64_t beat = world.server->heartbeat();
    REQUIRE(world.until([&] { return late() == 300; }));
    CHECK(world.server->heartbeat() - beat <= 1);
    REQUIRE(tick(world));
    CHECK(late() == 300);
    world.time.advance(26s);
    CHECK(world.until([&] { return late() == 600; }));
}

TEST_CASE("an answer that comes too late does not reach whoever has the place of the one who asked") {
    ServingWorld world;
    world.publish("slow.example", "mx.slow.example");
    world.publish("other.example", "mx.other.example");
    world.fetcher.delay("mta-sts.slow.example", 60s);
    world.fetcher.delay("mta-sts.other.example", 100s);
    {
        Client gone(world.port);
        gone.ask("postfix", "slow.example");
        REQUIRE(world.until([&] { return !world.resolver.questions().empty(); }));
        world.time.advance(26s);
        REQUIRE(world.until([&] { return gone.replies().size() == 1; }));
    }
    REQUIRE(world.until([&] { return world.counters.connections_open == 0; }));
    world.time.advance(30s);
    Client next(world.port);  // in the same place, and with its first question too
    next.ask("postfix", "other.example");
    const std::size_t questions = world.resolver.questions().size();
    REQUIRE(world.until([&] { return world.resolver.questions().size() > questions; }));
    world.time.advance(10s);
    REQUIRE(tick(world));
    CHECK(world.fetcher.requests().size() == 2);
    CHECK(next.replies().empty());
}

TEST_CASE("while accepting pauses at max_connections, the loop rests") {
    app::SocketmapServer::Options options;
    options.max_connections = 1;
    ServingWorld world(options);
    Client served(world.port);
    REQUIRE(world.until([&] { return world.counters.connections_open == 1; }));
    Client waits(world.port);
    CHECK(turns_at_rest(world) < 20);
}

TEST_CASE("without descriptors for who connects, the loop rests and those who are there are served") {
    const int status = testing_support::in_child([] {
        ::alarm(20);
        ServingWorld world;
        Client there(world.port);
        if (!world.until([&] { return world.counters.connections_open == 1; })) return 1;
        Client late(world.port);
        const rlimit none{0, 0};
        if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return 2;
        if (turns_at_rest(world) >= 20) return 3;
        if (world.counters.accept_errors == 0) return 4;
        there.ask("postfix", ".example.com");
        return world.until([&] { return there.replies().size() == 1; }) ? 7 : 5;
    });
    CHECK(status == 7);
}
