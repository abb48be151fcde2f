// SPDX-License-Identifier: MIT
#include "daemon/monitor/http_server.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>

#include "daemon/adapters/system_clock.h"
#include "daemon/serving/listen_socket.h"
#include "tests/support/drive_loop.h"
#include "tests/support/http_client.h"

using app::HttpServer;
using testing_support::HttpClient;

namespace {

class World {
  public:
    explicit World(HttpServer::Options options = {}) : listener_(open()) {
        sockaddr_in name{};
        socklen_t size = sizeof name;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size);
        port = ntohs(name.sin_port);
        server.emplace(loop, clock, listener_, options, [this](HttpServer::Call& call) { answer(call); });
    }
    ~World() {
        server.reset();
        ::close(listener_);
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    template <class Done>
    [[nodiscard]] bool until(Done done) {
        return testing_support::drive(loop, [&] {
            if (done()) return true;
            loop.post([] {});
            return false;
        });
    }
    /// The status of the answer to what is sent.
    int ask(const std::string& bytes) {
        HttpClient client(port);
        client.send(bytes);
        REQUIRE(until([&] { return client.closed(); }));
        return client.status();
    }

    app::EventLoop loop;
    app::SystemClock clock;
    std::uint16_t port = 0;
    int dropped = 0;  ///< answers whose client had gone
    std::optional<HttpServer> server;

  private:
    void answer(HttpServer::Call& call) {
        const std::string& path = call.request().path;
        if (path == "/later") {
            call.keep(loop.after(base::Milliseconds{1},
                                 [&call] { call.respond(app::HttpResponse::plain(200, "late")); }));
        } else if (path == "/never") {
            call.keep(base::Pending(
                this, [](void* self, std::uint64_t) noexcept { ++static_cast<World*>(self)->dropped; }, 1));
        } else if (path == "/big") {
            call.respond(app::HttpResponse::plain(200, std::string(8'000'000, 'x')));
        } else {
            call.respond(app::HttpResponse::plain(200, path));
        }
    }
    static int open() {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
        REQUIRE(::listen(descriptor, 128) == 0);
        return descriptor;
    }

    int listener_;
};

}  // namespace

TEST_CASE("a request is answered and the connection closed") {
    World world;
    HttpClient client(world.port);
    client.get("/x");
    CHECK(world.until([&] { return client.closed(); }));
    CHECK(client.status() == 200);
    CHECK(client.body() == "/x\n");
    CHECK(world.until([&] { return world.server->connections() == 0; }));
}

TEST_CASE("HEAD gets no body, other methods and requests with a body are refused") {
    World world;
    HttpClient head(world.port);
    head.send("HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(world.until([&] { return head.closed(); }));
    CHECK(head.status() == 200);
    CHECK(head.body().empty());
    CHECK(world.ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc") == 405);
    CHECK(world.ask("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc") == 400);
    CHECK(world.ask("nonsense\r\n\r\n") == 400);
}

TEST_CASE("a head of more than 8 KiB is refused, whole or not") {
    World world;
    const std::string filler = "X: " + std::string(9000, 'a');
    CHECK(world.ask("GET / HTTP/1.1\r\n" + filler + "\r\n\r\n") == 431);
    CHECK(world.ask("GET / HTTP/1.1\r\n" + filler) == 431);
}

TEST_CASE("a request that comes byte by byte is answered if it is there in time, else refused") {
    HttpServer::Options options;
    options.head_time = base::Milliseconds{60};
    World world(options);
    HttpClient patient(world.port);
    HttpClient slow(world.port);
    slow.send("GET / HT");
    for (const char c : std::string("GET /a HTTP/1.1\r\n\r\n")) {
        patient.send(std::string(1, c));
        world.loop.post([] {});
        world.loop.run_once();
    }
    CHECK(world.until([&] { return patient.closed(); }));
    CHECK(patient.status() == 200);
    int sent = 0;
    CHECK(world.until([&] {
        if (sent++ % 16 == 0) slow.send("T");  // a byte now and then moves nothing
        return slow.closed();
    }));
    CHECK(slow.status() == 408);
}

TEST_CASE("an answer that comes later is sent, to a client that has shut down its side too") {
    World world;
    HttpClient client(world.port);
    client.get("/later");
    client.shut_down();
    CHECK(world.until([&] { return client.closed(); }));
    CHECK(client.body() == "late\n");
}

TEST_CASE("an answer that is not read holds up nobody and ends in time") {
    HttpServer::Options options;
    options.answer_time = base::Milliseconds{100};
    World world(options);
    HttpClient lazy(world.port);
    lazy.get("/big");
    CHECK(world.ask("GET /y HTTP/1.1\r\n\r\n") == 200);
    CHECK(world.until([&] { return world.server->connections() == 0; }));
    CHECK(lazy.body().size() < 8'000'000);
}

TEST_CASE("an answer that never comes is given up, with what it waited for") {
    HttpServer::Options options;
    options.answer_time = base::Milliseconds{20};
    World world(options);
    HttpClient client(world.port);
    client.get("/never");
    CHECK(world.until([&] { return client.closed(); }));
    CHECK(world.until([&] { return world.dropped == 1; }));
}

TEST_CASE("clients that send no request make room for those that do") {
    World world;
    std::vector<std::unique_ptr<HttpClient>> silent;
    for (std::size_t i = 0; i < HttpServer::kMaxConnections + 8; ++i)
        silent.push_back(std::make_unique<HttpClient>(world.port));
    CHECK(world.until([&] { return silent[7]->closed(); }));
    CHECK(world.server->connections() <= HttpServer::kMaxConnections);
    CHECK(world.ask("GET /z HTTP/1.1\r\n\r\n") == 200);
    CHECK_FALSE(silent.back()->closed());
}

TEST_CASE("on a loopback address a stranger's name in Host is refused") {
    World world;
    const auto status = [&](const std::string& host) {
        return world.ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    };
    for (const std::string host :
         {"localhost", "LOCALHOST:9461", "127.0.0.1:9461", "127.0.0.1", "[::1]:9461", "[::1]"}) {
        CAPTURE(host);
        CHECK(status(host) == 200);
    }
    for (const std::string host : {"attacker.example", "attacker.example:9461", "localhost.attacker.example",
                                   "127.0.0.1.attacker.example", ":", "[", "[::1]x"}) {
        CAPTURE(host);
        CHECK(status(host) == 421);
    }
    HttpServer::Options anywhere;
    anywhere.local_names_only = false;
    World open(anywhere);
    CHECK(open.ask("GET / HTTP/1.1\r\nHost: mail.example.com:9461\r\n\r\n") == 200);
}
