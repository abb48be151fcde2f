// SPDX-License-Identifier: MIT
// Running out of descriptors, and coming out of it again.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>

#include <fstream>
#include <string>

#include "tests/support/in_child.h"
#include "tests/support/serving_world.h"
#include "tests/support/temporary_file.h"

using testing_support::Client;
using testing_support::ServingWorld;

namespace {

using namespace std::chrono_literals;

bool tick(ServingWorld& world) {
    return world.until(
        [&, beat = world.server->heartbeat()] { return world.server->heartbeat() > beat + 1; });
}

bool answered(ServingWorld& world, Client& client, std::size_t replies) {
    client.ask("postfix", ".example.com");
    return world.until([&] { return client.replies().size() == replies; });
}

void limit_files(rlim_t files) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = files;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t lines_with(const std::string& path, const std::string& word) {
    std::ifstream in(path);
    std::size_t count = 0;
    for (std::string line; std::getline(in, line);)
        count += line.find(word) != std::string::npos ? 1 : 0;
    return count;
}

// 0: all went as it should.
int story(const std::string& log_file) {
    ::alarm(60);
    const int log = ::open(log_file.c_str(), O_WRONLY | O_APPEND);
    if (log < 0 || ::dup2(log, 2) != 2) return 1;
    ::unsetenv("JOURNAL_STREAM");
    ServingWorld world;
    Client there(world.port);
    if (!answered(world, there, 1)) return 2;
    Client late(world.port), later(world.port);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    limit_files(0);

    // One attempt and a pause, again and again; whoever is there is served between.
    for (std::size_t i = 1; i <= 5; ++i) {
        world.time.advance(600ms);
        if (!tick(world)) return 3;
        const std::uint64_t errors = world.counters.accept_errors;
        if (errors < i || errors > 2 * i + 1) return 4;
        if (!answered(world, there, 1 + i)) return 5;
        if (world.counters.connections_open != 1) return 6;
    }
    world.time.advance(60s);
    if (!tick(world)) return 7;

    limit_files(before.rlim_cur);
    world.time.advance(600ms);
    if (!answered(world, late, 1) || !answered(world, later, 1)) return 8;
    if (!answered(world, there, 7)) return 9;
    const std::uint64_t errors = world.counters.accept_errors;
    world.time.advance(600ms);
    if (!tick(world) || world.counters.accept_errors != errors) return 10;
    return 0;
}

}  // namespace

TEST_CASE(
    "out of descriptors: attempts are few, one line a minute, those who are there are served, and "
    "those who waited are, once there are some again") {
    const testing_support::TemporaryFile log("");
    CHECK(testing_support::in_child([&] { return story(log.path()); }) == 0);
    CHECK(lines_with(log.path(), "accept-failed") == 2);
}
