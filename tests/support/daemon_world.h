// SPDX-License-Identifier: MIT
#pragma once
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "daemon/adapters/event_loop.h"
#include "lib/socketmap/netstring.h"
#include "tests/support/loopback_dns.h"
#include "tests/support/loopback_https.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_ca.h"

namespace testing_support {

/// A policy host, a DNS and settings for a whole daemon in this process, all on loopback. Every name below
/// "example" has a record, except those that begin with "no", which are denied, and those that begin with
/// "silent", which are never answered. Blocks the daemon's signals in every thread: construct it first.
class DaemonWorld {
  public:
    DaemonWorld() {
        sigset_t signals;
        ::sigemptyset(&signals);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP})
            ::sigaddset(&signals, signal);
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

        testing_support::CertificateRequest certificate;
        certificate.dns = {"mta-sts.a.example", "mta-sts.b.example", "mta-sts.c.example"};
        const testing_support::TestCa ca;
        write("ca.pem", ca.pem());
        https_ = std::make_unique<testing_support::LoopbackHttps>(
            ca.issue(certificate), [](testing_support::Peer& peer) {
                if (!peer.handshake() || !peer.read_request()) return;
                const std::string body =
                    "version: STSv1\nmode: enforce\nmx: mx.example.net\nmax_age: 86400\n";
                peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body);
                peer.close_tls();
            });
        std::promise<std::string> address;
        auto ready = address.get_future();
        dns_thread_ = std::thread([this, &address] {
            LoopbackDns dns(dns_loop_, answer);
            address.set_value(dns.text());
            dns_loop_.run();
        });
        dns_ = ready.get();
        write_settings("1s");
        write("overrides.yml", "[]\n");
    }
    ~DaemonWorld() {
        dns_loop_.stop_from_any_thread();
        dns_thread_.join();
    }
    DaemonWorld(const DaemonWorld&) = delete;
    DaemonWorld& operator=(const DaemonWorld&) = delete;

    void write(const std::string& name, const std::string& text) const {
        const std::string fresh = folder.file(name + ".new");
        std::ofstream(fresh, std::ios::binary) << text;
        if (std::rename(fresh.c_str(), folder.file(name).c_str()) != 0) throw std::runtime_error("rename");
    }
    /// `overrides`: a name in the folder.
    void write_settings(const std::string& dns_timeout, const std::string& overrides = "overrides.yml",
                        bool sandbox = false) const {
        write("mta-stsd.yml",
              "server:\n  threads: 2\n  listen:\n    - unix:" + folder.file("socketmap") +
                  "\ndns:\n  attempts: 1\n  timeout: " + dns_timeout + "\n  servers:\n    - " + dns_ +
                  "\nhttps:\n  port: " + std::to_string(https_->port()) +
                  "\n  ca_file: " + folder.file("ca.pem") +
                  "\n  allow_networks:\n    - 127.0.0.0/8\ncache:\n  file: " + folder.file("policies.db") +
                  "\ncontrol:\n  socket: " + folder.file("control") + "\nhttp:\n  listen: unix:" +
                  folder.file("http") + "\noverrides: " + folder.file(overrides) +
                  "\nlog: {level: error}\nprocess: {sandbox: " + (sandbox ? "yes" : "no") + "}\n");
    }
    std::string settings_file() const { return folder.file("mta-stsd.yml"); }

    TemporaryFolder folder;

  private:
    static DnsReaction answer(const DnsQuery& query) {
        const std::string domain = query.name.substr(query.name.find('.') + 1);
        if (domain.rfind("silent", 0) == 0) return {};
        DnsReplyBuilder reply(query);
        if (domain.rfind("no", 0) == 0) return {{reply.rcode(3).packet()}, false};
        if (query.type == kTxt) reply.answer(query.name, kTxt, 300, txt_rdata({"v=STSv1; id=1;"}));
        if (query.type == kA) reply.answer(query.name, kA, 300, a_rdata("127.0.0.1"));
        return {{reply.packet()}, false};
    }

    std::unique_ptr<testing_support::LoopbackHttps> https_;
    app::EventLoop dns_loop_;
    std::thread dns_thread_;
    std::string dns_;
};

/// The answer to one command on the control socket, all its lines; blocks.
inline std::string ask_control(const std::string& path, const std::string& line) {
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
        throw std::runtime_error("connect");
    ::send(descriptor, line.data(), line.size(), MSG_NOSIGNAL);
    ::shutdown(descriptor, SHUT_WR);
    std::string answer;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(descriptor, buffer, sizeof buffer, 0)) > 0;)
        answer.append(buffer, static_cast<std::size_t>(n));
    ::close(descriptor);
    return answer;
}

/// A socketmap client on a thread of its own: each call blocks until the reply is there.
class BlockingClient {
  public:
    explicit BlockingClient(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        path.copy(name.sun_path, sizeof name.sun_path - 1);
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
            throw std::runtime_error("connect");
        }
        const timeval patience{30, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~BlockingClient() { ::close(descriptor_); }
    BlockingClient(const BlockingClient&) = delete;
    BlockingClient& operator=(const BlockingClient&) = delete;

    void send(const std::string& payload) const {
        std::string request;
        socketmap::append_netstring(request, payload);
        ::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL);
    }
    /// The next reply; "(closed)" at the end.
    std::string reply() {
        for (;;) {
            const socketmap::Frame frame = socketmap::next_frame(received_, 200000);
            if (frame.state == socketmap::Frame::State::kWhole) {
                std::string payload(frame.payload);
                received_.erase(0, frame.size);
                return payload;
            }
            char buffer[4096];
            const ssize_t n = ::recv(descriptor_, buffer, sizeof buffer, 0);
            if (n <= 0) return "(closed)";
            received_.append(buffer, static_cast<std::size_t>(n));
        }
    }
    std::string ask(const std::string& payload) {
        send(payload);
        return reply();
    }

  private:
    int descriptor_;
    std::string received_;
};

}  // namespace testing_support
