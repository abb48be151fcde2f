// SPDX-License-Identifier: MIT
// A daemon with a small made-up Internet on loopback, for the browser to look at:
//
//     status_world PORT
//
// Its status page is at 127.0.0.1:PORT. Prints "ready" once it knows its domains, and ends with SIGTERM. Some
// domains are hostile, one cannot be fetched again, some have no policy.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/adapters/system_clock.h"
#include "daemon/daemon.h"
#include "tests/support/daemon_world.h"

namespace {

using namespace testing_support;

struct Published {
    std::string name, mode, note;
    std::string domain() const { return name + ".example"; }
};

const std::string kHostile = "<script>document.title='owned'</script><img src=x onerror=alert(1)>";

std::vector<Published> internet() {
    std::vector<Published> all;
    for (const char* name :
         {"aurora",  "basalt", "cobalt",  "delta",   "ember",  "fjord",   "glacier", "harbour", "indigo",
          "juniper", "kelp",   "lagoon",  "meadow",  "nimbus", "opal",    "pebble",  "quartz",  "ridge",
          "sierra",  "tundra", "umber",   "valley",  "willow", "xenon",   "yarrow",  "zephyr",  "bayou",
          "canyon",  "dune",   "estuary", "forest",  "grotto", "heath",   "islet",   "jetty",   "knoll",
          "loch",    "mesa",   "oasis",   "prairie", "quarry", "reef",    "savanna", "taiga",   "upland",
          "volcano", "wadi",   "atoll",   "bluff",   "cape",   "drumlin", "esker",   "fen",     "geyser",
          "hollow",  "inlet",  "karst",   "levee",   "moor",   "plateau"}) {
        all.push_back({name, "enforce", ""});
    }
    for (std::size_t i = 0; i < all.size(); i += 7)
        all[i].mode = "testing";
    all[5].mode = "none";
    all.push_back({"hostile", "enforce", "note: " + kHostile + "\n"});
    all.push_back({"failing", "enforce", ""});
    all.push_back({"broken", "", ""});
    return all;
}

/// Serves the policies; the one of "failing" only once.
class PolicyHosts {
  public:
    PolicyHosts() : server_(ca_.issue(certificate()), [this](Peer& peer) { serve(peer); }) {}
    std::uint16_t port() const { return server_.port(); }
    std::string ca() const { return ca_.pem(); }

  private:
    static CertificateRequest certificate() {
        CertificateRequest request;
        for (const Published& one : internet())
            request.dns.push_back("mta-sts." + one.domain());
        return request;
    }
    void serve(Peer& peer) {
        if (!peer.handshake() || !peer.read_request()) return;
        peer.send(answer(peer.request()));
        peer.close_tls();
    }
    std::string answer(const std::string& request) {
        for (const Published& one : internet()) {
            if (request.find("mta-sts." + one.domain()) == std::string::npos) continue;
            const std::lock_guard lock(mutex_);
            if (one.mode.empty() || (one.name == "failing" && ++failing_ > 1)) break;
            return ok_response("version: STSv1\nmode: " + one.mode + "\n" + one.note + "mx: mx." +
                               one.domain() + "\nmax_age: 604800\n");
        }
        return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    }

    TestCa ca_;
    std::mutex mutex_;
    int failing_ = 0;
    LoopbackHttps server_;
};

DnsReaction answer_dns(const DnsQuery& query) {
    DnsReplyBuilder reply(query);
    const bool hostile = query.name.find("hostile.") != std::string::npos;
    const std::string extension = hostile ? " x=<script>alert(1)</script>;" : "";
    if (query.name.find("nothing") != std::string::npos) return {{reply.rcode(3).packet()}, false};
    if (query.type == kTxt)
        reply.answer(query.name, kTxt, 300, txt_rdata({"v=STSv1; id=20260101T000000;" + extension}));
    if (query.type == kA) reply.answer(query.name, kA, 300, a_rdata("127.0.0.1"));
    return {{reply.packet()}, false};
}

std::string settings(const TemporaryFolder& folder, const PolicyHosts& hosts, const std::string& dns,
                     const std::string& port) {
    return "server: {listen: [\"unix:" + folder.file("socketmap") +
           "\"]}\ndns: {attempts: 1, timeout: 5s, servers: [\"" + dns +
           "\"], test_signed: \"\", test_bogus: \"\"}\nhttps: {port: " + std::to_string(hosts.port()) +
           ", ca_file: " + folder.file("ca.pem") +
           ", allow_networks: [127.0.0.0/8]}\ncache: {file: " + folder.file("policies.db") +
           "}\ncontrol: {socket: " + folder.file("control") + "}\nhttp: {listen: \"127.0.0.1:" + port +
           "\"}\noverrides: \"\"\nlog: {level: error}\n" + "process: {sandbox: no}\n";
}

/// What Postfix and the operator do, until `over`: a few queries now, more then, some for unknown domains.
void go_on(BlockingClient& client, const std::atomic<bool>& over) {
    const std::vector<Published> known = internet();
    for (unsigned turn = 0; !over; ++turn) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const unsigned busy = turn * 7 % 40 + turn / 600 % 5 * 12;
        for (unsigned i = 0; i < busy; ++i)
            client.ask("postfix " + known[(turn + i * i) % known.size()].domain());
        if (turn % 11 == 0) client.ask("postfix nothing-" + std::to_string(turn) + ".example");
    }
}

void live(const TemporaryFolder& folder, const std::atomic<bool>& over) {
    BlockingClient client(folder.file("socketmap"));
    for (const Published& one : internet())
        client.ask("postfix " + one.domain());
    for (int i = 0; i < 12; ++i)
        client.ask("postfix nothing-" + std::to_string(i) + ".example");
    for (int round = 0; round < 40; ++round) {
        for (const Published& one : internet())
            client.ask("postfix " + one.domain());
    }
    ask_control(folder.file("control"), "{\"v\":1,\"command\":\"refresh\",\"domain\":\"failing.example\"}\n");
    std::cout << "ready" << std::endl;
    go_on(client, over);
}

int run(const std::string& port) {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        ::sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    const TemporaryFolder folder;
    PolicyHosts hosts;
    app::EventLoop dns_loop;
    std::promise<std::string> address;
    auto ready = address.get_future();
    std::thread dns_thread([&] {
        LoopbackDns dns(dns_loop, answer_dns);
        address.set_value(dns.text());
        dns_loop.run();
    });
    std::ofstream(folder.file("ca.pem")) << hosts.ca();
    const std::string file = folder.file("mta-stsd.yml");
    std::ofstream(file) << settings(folder, hosts, ready.get(), port);
    {
        app::Daemon daemon(app::load_configuration(file, app::SystemClock().wall()), file);
        std::atomic<bool> over{false};
        std::thread life([&] { live(folder, over); });
        daemon.run();
        over = true;
        life.join();
    }
    dns_loop.stop_from_any_thread();
    dns_thread.join();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) return run(argv[1]);
        std::cerr << "usage: status_world PORT\n";
    } catch (const std::exception& error) {
        std::cerr << "status_world: " << error.what() << "\n";
    }
    return 2;
}
