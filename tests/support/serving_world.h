// SPDX-License-Identifier: MIT
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "daemon/serving/listen_socket.h"
#include "daemon/serving/socketmap_server.h"
#include "lib/policy/engine.h"
#include "lib/policy/lookups.h"
#include "lib/socketmap/netstring.h"
#include "tests/support/drive_loop.h"
#include "tests/support/fake_fetcher.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/manual_loop.h"
#include "tests/support/memory_store.h"

namespace testing_support {

/// A TCP client of the test, on the test's own thread: non-blocking, so that the test can turn the server's
/// loop meanwhile.
class Client {
  public:
    explicit Client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
            throw std::runtime_error("connect");
        }
    }
    ~Client() { close(); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(const std::string& bytes) {
        if (::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) broken_ = true;
    }
    void ask(const std::string& map, const std::string& key) {
        std::string request;
        socketmap::append_netstring(request, map + " " + key);
        send(request);
    }
    void shut_down() { ::shutdown(descriptor_, SHUT_WR); }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    /// Reads what is there; the replies so far.
    const std::vector<std::string>& replies() {
        char buffer[65536];
        for (ssize_t n = 0; (n = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT)) >= 0;) {
            if (n == 0) {
                closed_ = true;
                break;
            }
            received_.append(buffer, static_cast<std::size_t>(n));
        }
        if (errno == ECONNRESET) closed_ = true;
        for (;;) {
            const socketmap::Frame frame = socketmap::next_frame(received_, 200000);
            if (frame.state != socketmap::Frame::State::kWhole) break;
            replies_.emplace_back(frame.payload);
            received_.erase(0, frame.size);
        }
        return replies_;
    }
    bool closed() {
        replies();
        return closed_;
    }

  private:
    int descriptor_;
    std::string received_;
    std::vector<std::string> replies_;
    bool closed_ = false, broken_ = false;
};

/// A SocketmapServer on a real loop and loopback, with an engine on virtual time and a fake Internet behind
/// it.
class ServingWorld {
  public:
    explicit ServingWorld(app::SocketmapServer::Options options = {})
        : resolver(time),
          fetcher(time),
          store(time),
          cache({}),
          expiry_clock(time),
          engine({time, time, resolver, fetcher, store, cache, expiry_clock, nullptr, nullptr,
                  [] { return 7U; }},
                 {}),
          surveys(policy::SurveyCache::Options{}, cache.locks()),
          surveyor({time, time, resolver, surveys, nullptr}, {}),
          lookups(time, engine, surveyor),
          responder(cache, surveys, time, expiry_clock),
          port_(loop, engine, surveyor, lookups),
          log_({app::LogLevel::kError}),
          listener_(make_listener()) {
        policy::Rules rules;
        rules.profiles["postfix"] = {};
        rules.profiles["postfix-dane"].dane = policy::Profile::Dane::kEnforce;
        server = std::make_unique<app::SocketmapServer>(
            app::SocketmapServer::Services{loop, time, time, responder, port_, counters, log_}, options,
            std::make_shared<const policy::Rules>(std::move(rules)), std::vector<int>{listener_});
    }
    ~ServingWorld() {
        server.reset();
        ::close(listener_);
    }

    /// Publishes an enforce policy with one mx.
    void publish(const std::string& domain, const std::string& mx) {
        resolver.set_txt("_mta-sts." + domain, {"v=STSv1; id=1;"});
        resolver.set_addresses("mta-sts." + domain, {"198.51.99.1"});
        fetcher.serve("mta-sts." + domain, "version: STSv1\nmode: enforce\nmx: " + mx + "\nmax_age: 86400\n");
    }
    Client connect() const { return Client(port); }

    /// Turns both loops until `done()` holds. At most 100 ms of virtual time pass meanwhile: enough for a
    /// lookup without delays.
    template <class Done>
    [[nodiscard]] bool until(Done done) {
        int left = 100;
        return testing_support::drive(loop, [&] {
            time.run_ready();
            if (left-- > 0) time.advance(base::Milliseconds{1});
            loop.post([] {});
            return done();
        });
    }

    ManualLoop time;
    app::EventLoop loop;
    FakeResolver resolver;
    FakeFetcher fetcher;
    MemoryStore store;
    policy::Cache cache;
    policy::ExpiryClock expiry_clock;
    policy::Engine engine;
    policy::SurveyCache surveys;
    policy::Surveyor surveyor;
    policy::Lookups lookups;
    policy::Responder responder;
    app::Counters counters;
    std::uint16_t port = 0;
    std::unique_ptr<app::SocketmapServer> server;

  private:
    int make_listener() {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&name), size) != 0 ||
            ::listen(descriptor, 512) != 0 ||
            ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0) {
            throw std::runtime_error("listen");
        }
        port = ntohs(name.sin_port);
        return descriptor;
    }

    app::EnginePort port_;
    app::Log log_;
    int listener_;
};

}  // namespace testing_support
