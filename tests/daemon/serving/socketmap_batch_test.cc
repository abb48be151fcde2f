// SPDX-License-Identifier: MIT
// Requests that a turn of the loop receives on several connections, and answers together.
#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <optional>

#include "tests/support/serving_world.h"

using testing_support::Client;
using testing_support::ServingWorld;

namespace {

std::string request(const std::string& key, const std::string& map = "postfix") {
    std::string out;
    socketmap::append_netstring(out, map + " " + key);
    return out;
}

std::string secure(const std::string& mx) {
    return "OK secure match=" + mx + " servername=hostname";
}

/// A world that knows the policy of example.com already, and `count` connected clients.
struct KnownWorld {
    ServingWorld world;
    std::deque<Client> clients;

    explicit KnownWorld(std::size_t count) {
        learn("example.com", "mx.example.com");
        while (clients.size() < count)
            clients.emplace_back(world.port);
        REQUIRE(world.until([&] { return world.counters.connections_open == count; }));
    }
    void learn(const std::string& domain, const std::string& mx) {
        world.publish(domain, mx);
        Client client(world.port);
        client.ask("postfix", domain);
        REQUIRE(world.until([&] { return client.replies().size() == 1; }));
        client.close();
        REQUIRE(world.until([&] { return world.counters.connections_open == clients.size(); }));
    }
    /// Has one turn of the loop receive what the clients have sent, and then do `work`: the kernel tells what
    /// is ready in the order in which it became so. What `send_more` sends is ready in that turn too, behind
    /// the work.
    void in_the_turn_that_receives(
        const std::function<void()>& work, const std::function<void()>& send_more = [] {}) {
        int ready[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ready) == 0);
        REQUIRE(::send(ready[1], "x", 1, 0) == 1);
        {
            std::optional<app::Watch> watch;
            watch.emplace(world.loop, ready[0], app::Interest::kRead, [&](app::Readiness) {
                watch->set(app::Interest::kNone);
                work();
            });
            send_more();
            world.loop.run_once();
        }
        ::close(ready[0]);
        ::close(ready[1]);
    }
};

}  // namespace

TEST_CASE("requests of many connections, received in one turn, are answered each on its own") {
    const std::size_t count = 3 * app::RequestBatch::kMost + 1;
    KnownWorld known(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        known.learn("d" + number + ".example", "mx" + number + ".example");
    }
    for (std::size_t i = 0; i < count; ++i)
        known.clients[i].ask("postfix", "d" + std::to_string(i) + ".example");
    REQUIRE(known.world.until([&] { return known.world.counters.hits == count; }));
    for (std::size_t i = 0; i < count; ++i) {
        CAPTURE(i);
        REQUIRE(known.clients[i].replies().size() == 1);
        CHECK(known.clients[i].replies()[0] == secure("mx" + std::to_string(i) + ".example"));
    }
}

TEST_CASE("of several connections each gets the replies to all it has sent, in its order") {
    KnownWorld known(3);
    const std::string whole = request("example.com");
    known.clients[0].send(request(".parent") + whole + request("x", "nosuch") + whole.substr(0, 9));
    known.clients[1].send(whole.substr(0, 4));
    known.clients[2].send(request("new.example") + whole);
    REQUIRE(known.world.until([&] { return known.clients[2].replies().size() == 2; }));
    CHECK(known.clients[2].replies() == std::vector<std::string>{"NOTFOUND ", secure("mx.example.com")});
    CHECK(known.clients[0].replies() ==
          std::vector<std::string>{"NOTFOUND ", secure("mx.example.com"), "PERM unknown map \"nosuch\""});
    CHECK(known.clients[1].replies().empty());
    known.clients[0].send(whole.substr(9) + request("no map's space", "x").replace(3, 1, "_"));
    known.clients[1].send(whole.substr(4));
    REQUIRE(known.world.until([&] { return known.clients[1].replies().size() == 1; }));
    CHECK(known.clients[1].replies()[0] == secure("mx.example.com"));
    CHECK(known.clients[0].replies().at(3) == secure("mx.example.com"));
}

TEST_CASE("requests that take more room than the buffer has are answered all the same") {
    KnownWorld known(8);
    const std::string one = request(".x", std::string(200, 'm'));
    std::string burst;
    std::size_t count = 0;
    for (; burst.size() < 15'000; ++count)
        burst += one;
    for (Client& client : known.clients)
        client.send(burst);
    REQUIRE(known.world.until([&] {
        for (Client& client : known.clients)
            if (client.replies().size() != count) return false;
        return true;
    }));
}

TEST_CASE("a request received before a reload is answered wholly by the old rules") {
    KnownWorld known(2);
    known.clients[0].ask("postfix", "example.com");
    known.in_the_turn_that_receives([&] {
        CHECK(known.clients[0].replies().empty());
        policy::Rules rules;
        rules.profiles["other"] = {};
        rules.overrides = policy::Overrides({{dns::Name::parse("example.com").value(),
                                              false,
                                              policy::Override::Action::kIgnore,
                                              {},
                                              {},
                                              ""}});
        known.world.server->set_rules(std::make_shared<const policy::Rules>(std::move(rules)));
    });
    REQUIRE(known.clients[0].replies().size() == 1);
    CHECK(known.clients[0].replies()[0] == secure("mx.example.com"));
    known.clients[0].ask("postfix", "example.com");
    known.clients[1].ask("other", "example.com");
    known.world.loop.run_once();
    CHECK(known.clients[0].replies().at(1) == "PERM unknown map \"postfix\"");
    CHECK(known.clients[1].replies().at(0) == "NOTFOUND ");
}

TEST_CASE("requests received in the turn in which draining begins are answered") {
    KnownWorld known(3);
    bool drained = false;
    known.clients[0].ask("postfix", "example.com");
    known.clients[1].send(request("example.com") + request("example.com"));
    known.in_the_turn_that_receives([&] {
        CHECK(known.clients[0].replies().empty());
        known.clients[2].ask("postfix", "example.com");  // this one is still in the kernel
        known.world.server->drain([&] { drained = true; });
    });
    REQUIRE(known.world.until([&] { return drained; }));
    for (std::size_t i = 0; i < known.clients.size(); ++i) {
        CAPTURE(i);
        CHECK(known.clients[i].closed());
        CHECK(known.clients[i].replies() ==
              std::vector<std::string>(i == 1 ? 2 : 1, secure("mx.example.com")));
    }
}

TEST_CASE("requests that the turn in which draining begins has yet to receive are answered") {
    KnownWorld known(3);
    bool drained = false;
    known.in_the_turn_that_receives([&] { known.world.server->drain([&] { drained = true; }); },
                                    [&] {
                                        known.clients[0].ask("postfix", "example.com");
                                        known.clients[1].ask("postfix", "new.example");
                                        known.clients[2].send(request("example.com") + request(".x"));
                                    });
    REQUIRE(known.world.until([&] { return drained; }));
    for (Client& client : known.clients)
        CHECK(client.closed());
    CHECK(known.clients[0].replies() == std::vector<std::string>{secure("mx.example.com")});
    CHECK(known.clients[1].replies() == std::vector<std::string>{"NOTFOUND "});
    CHECK(known.clients[2].replies() == std::vector<std::string>{secure("mx.example.com"), "NOTFOUND "});
}

TEST_CASE("a client that hangs up its sending side behind its requests gets its replies") {
    KnownWorld known(2);
    for (Client& client : known.clients) {
        client.send(request("example.com") + request(".x"));
        client.shut_down();
    }
    REQUIRE(known.world.until([&] { return known.world.counters.connections_open == 0; }));
    for (Client& client : known.clients)
        CHECK(client.replies() == std::vector<std::string>{secure("mx.example.com"), "NOTFOUND "});
}

TEST_CASE("a session that ends between its request and the answer takes nothing with it") {
    KnownWorld known(2);
    known.clients[0].ask("postfix", "example.com");
    known.clients[1].ask("postfix", "example.com");
    known.in_the_turn_that_receives([&] { known.world.server->remove(0); });
    CHECK(known.clients[0].closed() != known.clients[1].closed());
    CHECK(known.clients[0].replies().size() + known.clients[1].replies().size() == 1);
}

TEST_CASE("a connection that comes in the place of one that has ended gets none of its replies") {
    KnownWorld known(2);
    std::optional<Client> newcomer;
    // A turn without connections: otherwise the listener is still the first that the kernel looks at.
    known.world.loop.post([] {});
    known.world.loop.run_once();
    known.clients[0].ask("postfix", "example.com");
    known.clients[1].ask("postfix", "example.com");
    known.in_the_turn_that_receives([&] { known.world.server->remove(0); },
                                    [&] { newcomer.emplace(known.world.port); });
    CHECK(known.world.counters.connections_open == 2);
    CHECK(known.world.counters.hits == 1);
    newcomer->ask("postfix", ".x");
    REQUIRE(known.world.until([&] { return !newcomer->replies().empty(); }));
    CHECK(newcomer->replies() == std::vector<std::string>{"NOTFOUND "});
}

TEST_CASE("a server may be destroyed with requests received and not answered") {
    KnownWorld known(2);
    for (Client& client : known.clients)
        client.ask("postfix", "example.com");
    known.in_the_turn_that_receives([&] { known.world.loop.stop(); });
    known.world.server.reset();
    known.world.loop.post([] {});
    known.world.loop.run_once();
    for (Client& client : known.clients)
        CHECK(client.closed());
}
