// SPDX-License-Identifier: MIT
#include "daemon/admin/control_server.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/serving/listen_socket.h"
#include "tests/support/drive_loop.h"
#include "tests/support/in_child.h"
#include "tests/support/temporary_folder.h"

using app::ControlCall;
using Json = ControlCall::Json;

namespace {

class World {
  public:
    World()
        : listener(app::ListenSocket::open(*app::ListenAddress::parse("unix:" + folder.file("c")),
                                           {0600, "", ""})),
          server(loop, listener.descriptor()) {}

    testing_support::TemporaryFolder folder;
    app::EventLoop loop;
    app::ListenSocket listener;
    app::ControlServer server;
};

class Client {
  public:
    explicit Client(World& world) : world_(world), descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        world.folder.file("c").copy(name.sun_path, sizeof name.sun_path - 1);
        REQUIRE(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    }
    ~Client() { ::close(descriptor_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(const std::string& text) {
        REQUIRE(::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
    }
    void end_requests() { REQUIRE(::shutdown(descriptor_, SHUT_WR) == 0); }
    /// The lines up to and with the next that has a status.
    std::vector<Json> answer() {
        std::vector<Json> lines;
        REQUIRE(testing_support::drive(world_.loop, [&] {
            read_some();
            for (std::size_t end = 0; (end = text_.find('\n')) != std::string::npos;) {
                lines.push_back(Json::parse(text_.substr(0, end)));
                text_.erase(0, end + 1);
                if (lines.back().contains("status")) return true;
            }
            world_.loop.post([] {});
            return false;
        }));
        return lines;
    }
    bool closed() {
        read_some();
        return closed_;
    }

  private:
    void read_some() {
        char buffer[65536];
        const ssize_t n = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
        if (n == 0) closed_ = true;
        if (n > 0) text_.append(buffer, static_cast<std::size_t>(n));
    }
    World& world_;
    int descriptor_;
    std::string text_;
    bool closed_ = false;
};

const std::string kEcho = "{\"v\":1,\"command\":\"echo\",\"text\":\"hello\"}\n";

void add_echo(World& world) {
    world.server.add("echo", [](ControlCall& call) {
        call.line({{"text", call.text("text").value_or("(none)")}});
        call.ok({{"count", 1}});
    });
}

}  // namespace

TEST_CASE("a command answers with lines, the last with its status; one connection can send several") {
    World world;
    add_echo(world);
    Client client(world);
    client.send(kEcho + kEcho);
    for (int i = 0; i < 2; ++i) {
        const auto lines = client.answer();
        REQUIRE(lines.size() == 2);
        CHECK(lines[0]["text"] == "hello");
        CHECK(lines[1] == Json{{"count", 1}, {"status", "ok"}});
    }
}

TEST_CASE("what is no command is answered with an error that says why") {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"nonsense\n", "the request is no JSON object"},
        {"[1]\n", "the request is no JSON object"},
        {"{}\n", "protocol version 1 is spoken here: use the mta-stsctl of this version"},
        {"{\"v\":\"1\",\"command\":\"echo\"}\n",
         "protocol version 1 is spoken here: use the mta-stsctl of this version"},
        {"{\"v\":1}\n", "unknown command \"\""},
        {"{\"v\":1,\"command\":\"drop\"}\n", "unknown command \"drop\""}};
    World world;
    add_echo(world);
    Client client(world);
    for (const auto& row : table) {
        const std::string& request = row.first;
        const std::string& error = row.second;
        CAPTURE(request);
        client.send(request);
        const auto lines = client.answer();
        CHECK(lines.back()["status"] == "error");
        CHECK(lines.back()["error"] == error);
    }
    client.send(kEcho);
    CHECK(client.answer().back()["status"] == "ok");
}

TEST_CASE("a command may end later; when its client hangs up, what it waits for is dropped") {
    World world;
    int ran = 0;
    world.server.add("later", [&](ControlCall& call) {
        call.keep(world.loop.after(base::Milliseconds{20}, [&] {
            ++ran;
            call.ok();
        }));
    });
    Client stays(world);
    {
        Client gone(world);
        gone.send("{\"v\":1,\"command\":\"later\"}\n");
        world.loop.run_once();
    }
    stays.send("{\"v\":1,\"command\":\"later\"}\n");
    CHECK(stays.answer().back()["status"] == "ok");
    stays.send("{\"v\":1,\"command\":\"later\"}\n");
    CHECK(stays.answer().back()["status"] == "ok");
    CHECK(ran == 2);
}

TEST_CASE("a long list is made as it is read") {
    World world;
    int made = 0;
    world.server.add("list", [&](ControlCall& call) {
        call.stream([&made](ControlCall& stream) {
            for (int i = 0; i < 100; ++i)
                stream.line({{"number", made++}, {"filler", std::string(500, 'x')}});
            if (made < 20000) return true;
            stream.ok();
            return false;
        });
    });
    Client client(world);
    client.send("{\"v\":1,\"command\":\"list\"}\n");
    for (int i = 0; i < 50; ++i) {
        world.loop.post([] {});
        world.loop.run_once();
    }
    CHECK(made < 5000);  // the client has read nothing yet
    const auto lines = client.answer();
    CHECK(lines.size() == 20001);
    CHECK(lines[19999]["number"] == 19999);
}

TEST_CASE("bytes that are no UTF-8 never break an answer") {
    World world;
    world.server.add("bytes", [](ControlCall& call) {
        call.line({{"text", std::string("\xff\xfe\x80 x")}});
        call.ok();
    });
    Client client(world);
    client.send("{\"v\":1,\"command\":\"bytes\"}\n");
    CHECK(client.answer().size() == 2);
}

TEST_CASE("a line without end closes the connection") {
    World world;
    Client client(world);
    const std::string piece(16 * 1024, 'x');
    for (int i = 0; i < 65; ++i) {  // a line may have 64 of them
        CHECK_FALSE(client.closed());
        client.send(piece);
        world.loop.run_once();
    }
    CHECK(testing_support::drive(world.loop, [&] {
        world.loop.post([] {});
        return client.closed();
    }));
}

TEST_CASE("commands of a client that does not read its answers wait") {
    World world;
    int ran = 0;
    world.server.add("long", [&ran](ControlCall& call) {
        ++ran;
        call.line({{"filler", std::string(100 * 1024, 'x')}});
        call.ok();
    });
    Client client(world);
    std::string requests;
    for (int i = 0; i < 100; ++i)
        requests += "{\"v\":1,\"command\":\"long\"}\n";
    client.send(requests);
    for (int i = 0; i < 50; ++i) {
        world.loop.post([] {});
        world.loop.run_once();
    }
    CHECK(ran < 20);
    for (int i = 0; i < 100; ++i)
        CHECK(client.answer().back()["status"] == "ok");
    CHECK(ran == 100);
}

TEST_CASE("a client that ends its requests gets the answers of all it has sent, and then the end") {
    World world;
    add_echo(world);
    world.server.add("later", [&](ControlCall& call) {
        call.keep(world.loop.after(base::Milliseconds{20}, [&call] { call.ok({{"late", true}}); }));
    });
    Client client(world);
    client.send("{\"v\":1,\"command\":\"later\"}\n" + kEcho);
    client.end_requests();
    CHECK(client.answer().back()["late"] == true);
    CHECK(client.answer().front()["text"] == "hello");
    CHECK(testing_support::drive(world.loop, [&] {
        world.loop.post([] {});
        return client.closed();
    }));
}

TEST_CASE("while a command of such a client runs, the loop rests") {
    World world;
    bool over = false;
    world.server.add("later", [&](ControlCall& call) {
        call.keep(world.loop.after(base::Milliseconds{200}, [&] {
            over = true;
            call.ok();
        }));
    });
    Client client(world);
    client.send("{\"v\":1,\"command\":\"later\"}\n");
    client.end_requests();
    bool given_up = false;
    const base::Pending patience = world.loop.after(base::Milliseconds{5000}, [&] { given_up = true; });
    int turns = 0;
    for (; !over && !given_up && turns < 100; ++turns)
        world.loop.run_once();
    CHECK(over);
    CHECK(client.answer().back()["status"] == "ok");
}

TEST_CASE("the one of 32 clients that has asked for nothing for longest makes room for another") {
    World world;
    add_echo(world);
    bool ended = false;
    world.server.add("later", [&](ControlCall& call) {
        call.keep(world.loop.after(base::Milliseconds{50}, [&] {
            ended = true;
            call.ok();
        }));
    });
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 32; ++i) {
        clients.push_back(std::make_unique<Client>(world));
        world.loop.run_once();
    }
    clients[0]->send("{\"v\":1,\"command\":\"later\"}\n");  // busy, not idle
    clients[1]->send(kEcho);
    CHECK(clients[1]->answer().back()["status"] == "ok");
    Client operator_of_the_daemon(world);
    operator_of_the_daemon.send(kEcho);
    CHECK(operator_of_the_daemon.answer().back()["status"] == "ok");
    CHECK(clients[2]->closed());
    CHECK_FALSE(clients[1]->closed());
    CHECK_FALSE(clients[3]->closed());
    CHECK(clients[0]->answer().back()["status"] == "ok");
    CHECK(ended);
}

TEST_CASE("32 clients whose commands run are all served; the next is turned away") {
    World world;
    world.server.add("later", [&](ControlCall& call) {
        call.keep(world.loop.after(base::Milliseconds{100}, [&call] { call.ok(); }));
    });
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 32; ++i) {
        clients.push_back(std::make_unique<Client>(world));
        clients.back()->send("{\"v\":1,\"command\":\"later\"}\n");
        world.loop.run_once();
        world.loop.run_once();
    }
    Client next(world);
    CHECK(testing_support::drive(world.loop, [&] {
        world.loop.post([] {});
        return next.closed();
    }));
    for (const auto& client : clients)
        CHECK(client->answer().back()["status"] == "ok");
}

TEST_CASE("without descriptors for who waits the loop rests") {
    CHECK(testing_support::in_child([] {
              ::alarm(20);
              World world;
              const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
              sockaddr_un name{};
              name.sun_family = AF_UNIX;
              world.folder.file("c").copy(name.sun_path, sizeof name.sun_path - 1);
              if (::connect(client, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return 1;
              const rlimit none{0, 0};
              if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return 2;
              bool over = false;
              const base::Pending timer = world.loop.after(base::Milliseconds{200}, [&over] { over = true; });
              int turns = 0;
              while (!over) {
                  world.loop.run_once();
                  ++turns;
              }
              return turns < 10 ? 7 : 3;
          }) == 7);
}
