// SPDX-License-Identifier: MIT
// The whole daemon in this process, over loopback: what passes between its threads, reload and the end.
#include "daemon/daemon.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/adapters/system_clock.h"
#include "tests/support/daemon_world.h"
#include "tests/support/in_child.h"

using testing_support::BlockingClient;
using testing_support::DaemonWorld;

namespace {

const std::string kSecure = "OK secure match=mx.example.net servername=hostname";
const std::string kStatus = "{\"v\":1,\"command\":\"status\"}\n";
const std::string kReload = "{\"v\":1,\"command\":\"reload\"}\n";
const std::string kDeferred = "TEMP deferred by an override";

void signal_daemon(int number) {
    ::kill(::getpid(), number);
}

/// A SIGTERM that came after the daemon had ended would be the first thing that the next one reads.
void discard_signals() {
    sigset_t pending;
    ::sigemptyset(&pending);
    for (const int number : {SIGTERM, SIGHUP})
        ::sigaddset(&pending, number);
    const timespec at_once{};
    while (::sigtimedwait(&pending, nullptr, &at_once) > 0) {
    }
}

/// Runs a daemon here, and once it has started `story` on another thread, which ends with SIGTERM.
void with_daemon(DaemonWorld& world, const std::function<void(const std::string& socket)>& story) {
    app::Daemon daemon(app::load_configuration(world.settings_file(), app::SystemClock().wall()),
                       world.settings_file());
    std::thread clients([&] {
        testing_support::ask_control(world.folder.file("control"), kStatus);
        story(world.folder.file("socketmap"));
        signal_daemon(SIGTERM);
    });
    daemon.run();
    clients.join();
    discard_signals();
}

std::string contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Asks until the reply is `wanted`; a reload takes a moment. False after many tries.
bool becomes(BlockingClient& client, const std::string& payload, const std::string& wanted) {
    for (int i = 0; i < 100000; ++i) {
        if (client.ask(payload) == wanted) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("the engine's priority is lowered from where the daemon was started, and it interrupts no answer") {
    const int nice = testing_support::in_child([] {
        DaemonWorld world;
        ::setpriority(PRIO_PROCESS, 0, 3);
        with_daemon(world, [](const std::string&) {});
        return ::sched_getscheduler(0) == SCHED_BATCH ? ::getpriority(PRIO_PROCESS, 0) : -1;
    });
    CHECK(nice == 18);
}

TEST_CASE("questions of many connections on two serving threads are answered by one engine") {
    DaemonWorld world;
    with_daemon(world, [](const std::string& socket) {
        std::vector<std::thread> clients;
        std::vector<int> good(8, 0);
        for (std::size_t n = 0; n < good.size(); ++n) {
            clients.emplace_back([&, n] {
                for (int round = 0; round < 20; ++round) {
                    BlockingClient client(socket);
                    for (const char* domain : {"a.example", "B.Example.", "c.example"}) {
                        if (client.ask(std::string("postfix ") + domain) == kSecure) ++good[n];
                    }
                    if (client.ask("postfix no.example") == "NOTFOUND ") ++good[n];
                }
            });
        }
        for (std::thread& client : clients)
            client.join();
        for (const int count : good)
            CHECK(count == 80);
    });
}

TEST_CASE("a daemon whose CA file cannot be used ends with that, whoever has asked it something already") {
    DaemonWorld world;
    world.write("ca.pem", "no certificate\n");
    app::Daemon daemon(app::load_configuration(world.settings_file(), app::SystemClock().wall()),
                       world.settings_file());
    BlockingClient client(world.folder.file("socketmap"));
    client.send("postfix a.example");
    const std::string trouble = "CA file " + world.folder.file("ca.pem") + ": no certificate in it";
    CHECK_THROWS_WITH_AS(daemon.run(), trouble.c_str(), std::runtime_error);
}

TEST_CASE("a reload is taken over between two requests; a bad one changes nothing") {
    DaemonWorld world;
    with_daemon(world, [&](const std::string& socket) {
        BlockingClient client(socket);
        CHECK(client.ask("postfix a.example") == kSecure);
        world.write("overrides.yml", "- {domain: a.example, action: defer, comment: test}\n");
        signal_daemon(SIGHUP);
        CHECK(becomes(client, "postfix a.example", kDeferred));

        // The overrides are good and would let the domain through, but the settings are bad: neither is
        // taken.
        world.write("overrides.yml", "[]\n");
        world.write_settings("soon");
        signal_daemon(SIGHUP);
        // Each question that has to be looked up has passed the engine's loop, and so the reload before it.
        CHECK(client.ask("postfix no-1.example") == "NOTFOUND ");
        CHECK(client.ask("postfix no-2.example") == "NOTFOUND ");
        CHECK(client.ask("postfix a.example") == kDeferred);

        world.write_settings("1s");
        signal_daemon(SIGHUP);
        CHECK(becomes(client, "postfix a.example", kSecure));
    });
}

TEST_CASE("a reload of what the running daemon cannot reach says that it needs a restart") {
    std::string changed;  // in the world's folder, to a link that leads out of the sandbox
    SUBCASE("overrides") {
        changed = "overrides.yml";
    }
    SUBCASE("settings") {
        changed = "mta-stsd.yml";
    }
    SUBCASE("CA certificates") {
        changed = "ca.pem";
    }
    CAPTURE(changed);
    const int status = testing_support::in_child([&] {
        ::alarm(30);
        DaemonWorld world;
        world.write_settings("1s", "overrides.yml", true);
        const testing_support::TemporaryFolder elsewhere;
        std::filesystem::copy_file(world.folder.file(changed), elsewhere.file(changed));
        int outcome = 1;
        with_daemon(world, [&](const std::string& socket) {
            const std::string file = world.folder.file(changed);
            if (::unlink(file.c_str()) != 0 || ::symlink(elsewhere.file(changed).c_str(), file.c_str()) != 0)
                return;
            const std::string answer = testing_support::ask_control(world.folder.file("control"), kReload);
            const bool told =
                answer.find(file + ": out of reach of the running daemon, which needs a restart") !=
                std::string::npos;
            outcome = BlockingClient(socket).ask("postfix a.example") != kSecure ? 2 : told ? 7 : 3;
        });
        return outcome;
    });
    CHECK(status == 7);
}

TEST_CASE("another file of overrides needs a restart, whatever can be read of it") {
    DaemonWorld world;
    with_daemon(world, [&](const std::string&) {
        world.write_settings("1s", "none.yml");
        CHECK(testing_support::ask_control(world.folder.file("control"), "{\"v\":1,\"command\":\"reload\"}\n")
                  .find("overrides: changed, which needs a restart") != std::string::npos);
    });
}

TEST_CASE("a reload that is refused for its CA certificates leaves the resolver as it was") {
    DaemonWorld world;
    with_daemon(world, [&](const std::string& socket) {
        BlockingClient client(socket);
        std::string settings = contents(world.settings_file());
        const std::size_t server = settings.find("  servers:\n    - ") + 17;
        settings.replace(server, settings.find('\n', server) - server, "127.0.0.1:9");
        world.write("mta-stsd.yml", settings);
        world.write("ca.pem", "no certificate\n");
        const std::string answer = testing_support::ask_control(world.folder.file("control"), kReload);
        CHECK(answer.find("no certificate in it") != std::string::npos);
        CHECK(client.ask("postfix a.example") == kSecure);
    });
}

TEST_CASE("a reload takes over the log level") {
    char name[] = "/tmp/mta-stsd-log-XXXXXX";
    const int log = ::mkstemp(name);
    const int status = testing_support::in_child([log] {
        ::alarm(30);
        ::dup2(log, STDERR_FILENO);
        DaemonWorld world;
        with_daemon(world, [&](const std::string&) {
            std::string settings = contents(world.settings_file());
            settings.replace(settings.find("level: error"), 12, "level: info");
            world.write("mta-stsd.yml", settings);
            testing_support::ask_control(world.folder.file("control"), kReload);
        });
        return 7;
    });
    CHECK(status == 7);
    const std::string lines = contents(name);
    CHECK(lines.find(" info started") == std::string::npos);
    CHECK(lines.find(" info reloaded") != std::string::npos);
    ::unlink(name);
    ::close(log);
}

TEST_CASE("a reload asked for at the end is not begun: the service manager hears of the end last") {
    const int manager = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    DaemonWorld world;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    world.folder.file("manager").copy(name.sun_path, sizeof name.sun_path - 1);
    REQUIRE(::bind(manager, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    ::setenv("NOTIFY_SOCKET", name.sun_path, 1);
    with_daemon(world, [&](const std::string& socket) {
        BlockingClient waits(socket);
        waits.send("postfix silent.example");
        CHECK(BlockingClient(socket).ask("postfix no.example") == "NOTFOUND ");
        signal_daemon(SIGTERM);
        std::string message(512, '\0');
        while (message.rfind("STOPPING=1", 0) != 0)
            REQUIRE(::recv(manager, message.data(), message.size(), 0) > 0);
        signal_daemon(SIGHUP);
        CHECK(waits.reply() == "NOTFOUND ");
    });
    ::unsetenv("NOTIFY_SOCKET");
    char after = 0;
    CHECK(::recv(manager, &after, 1, MSG_DONTWAIT) < 0);
    ::close(manager);
}

TEST_CASE("at the end a request that waits is answered, and what was learnt is there after the next start") {
    DaemonWorld world;
    std::string last;
    with_daemon(world, [&](const std::string& socket) {
        BlockingClient client(socket);
        CHECK(client.ask("postfix a.example") == kSecure);
        BlockingClient waits(socket);
        waits.send("postfix silent.example");
        CHECK(client.ask("postfix no.example") == "NOTFOUND ");  // the engine has the question before it too
        signal_daemon(SIGTERM);
        last = waits.reply();
        CHECK(client.reply() == "(closed)");
    });
    CHECK(last == "NOTFOUND ");
    world.write_settings("2s");
    with_daemon(world, [&](const std::string& socket) {
        BlockingClient client(socket);
        CHECK(client.ask("postfix a.example") == kSecure);
    });
}

TEST_CASE("metrics and health over HTTP tell what has been answered") {
    DaemonWorld world;
    with_daemon(world, [&](const std::string& socket) {
        BlockingClient client(socket);
        CHECK(client.ask("postfix a.example") == kSecure);
        CHECK(client.ask("postfix a.example") == kSecure);
        CHECK(client.ask("postfix no.example") == "NOTFOUND ");
        const auto get = [&](const std::string& path) {
            return testing_support::ask_control(world.folder.file("http"),
                                                "GET " + path + " HTTP/1.1\r\n\r\n");
        };
        const std::string metrics = get("/metrics");
        CHECK(metrics.find("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n") !=
              std::string::npos);
        for (const std::string line :
             {"mta_stsd_answers_total{kind=\"secure\"} 2", "mta_stsd_answers_total{kind=\"notfound\"} 1",
              "mta_stsd_cache_hits_total 1", "mta_stsd_miss_duration_seconds_count 2",
              "mta_stsd_policies{mode=\"enforce\"} 1", "mta_stsd_policies_limit 1000000",
              "mta_stsd_policy_fetches_total{result=\"ok\"} 1", "mta_stsd_negatives 1",
              "mta_stsd_lookups_total{cause=\"client\",effect=\"new\"} 1",
              "mta_stsd_dns_lookups_total{type=\"txt\",outcome=\"records\"} 1",
              "mta_stsd_dns_lookups_total{type=\"txt\",outcome=\"denied\"} 1", "mta_stsd_connections 1",
              "mta_stsd_failing_refreshes 0", "mta_stsd_serving_threads 2"}) {
            CAPTURE(line);
            CHECK(metrics.find("\n" + line + "\n") != std::string::npos);
        }
        CHECK(get("/healthz").starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(get("/readyz").ends_with("\r\n\r\nok\n"));
        CHECK(get("/nothing").starts_with("HTTP/1.1 404 "));
        const std::string page = get("/?q=a.ex");
        CHECK(page.find("Domains with a policy (1)") != std::string::npos);
        CHECK(page.find("<a href=\"/domain/a.example\">a.example</a>") != std::string::npos);
        CHECK(get("/").find("The last hour") != std::string::npos);
        CHECK(get("/domain/a.example").find("match=mx.example.net") != std::string::npos);
        CHECK(get("/domain/no.example").find("no record") != std::string::npos);
        CHECK(get("/domain/never.example").starts_with("HTTP/1.1 404 "));
        CHECK(get("/style.css").find("\r\nContent-Type: text/css") != std::string::npos);
    });
}
