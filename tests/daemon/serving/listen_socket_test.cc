// SPDX-License-Identifier: MIT
#include "daemon/serving/listen_socket.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/in_child.h"
#include "tests/support/temporary_folder.h"

using app::ListenAddress;
using app::ListenSocket;
using testing_support::TemporaryFolder;

namespace {

ListenAddress address(const std::string& text) {
    return *ListenAddress::parse(text);
}

mode_t mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

/// What went wrong, or "".
std::string error_of(const ListenAddress& where) {
    try {
        ListenSocket::open(where, {});
        return "";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("a unix socket gets the mode asked for and is removed at the end") {
    const TemporaryFolder folder;
    const std::string path = folder.file("s");
    {
        const auto socket = ListenSocket::open(address("unix:" + path), {0620, "", ""});
        CHECK(mode_of(path) == 0620);
        CHECK_FALSE(socket.adopted());
    }
    CHECK_FALSE(exists(path));
}

TEST_CASE("a stale socket is replaced, one that is served is not") {
    const TemporaryFolder folder;
    const std::string path = folder.file("s");
    // A daemon that was killed leaves its socket file behind.
    CHECK(testing_support::in_child([&] {
              const auto* left = new ListenSocket(ListenSocket::open(address("unix:" + path), {}));
              return left->descriptor() < 0;
          }) == 0);
    REQUIRE(exists(path));
    const auto socket = ListenSocket::open(address("unix:" + path), {});
    CHECK(error_of(address("unix:" + path)).find("another process listens there") != std::string::npos);
    CHECK(exists(path));
}

TEST_CASE("a socket whose listener has no time for one more is served, not stale") {
    const TemporaryFolder folder;
    const std::string path = folder.file("s");
    const int busy = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    const auto* address_of_it = reinterpret_cast<const sockaddr*>(&name);
    REQUIRE(::bind(busy, address_of_it, sizeof name) == 0);
    REQUIRE(::listen(busy, 0) == 0);
    std::vector<int> waiting;
    do {  // until its backlog is full
        waiting.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    } while (waiting.size() < 100 && ::connect(waiting.back(), address_of_it, sizeof name) == 0);
    REQUIRE(waiting.size() < 100);
    CHECK(error_of(address("unix:" + path)).find("another process listens there") != std::string::npos);
    CHECK(exists(path));
    for (const int descriptor : waiting)
        ::close(descriptor);
    ::close(busy);
}

TEST_CASE("what is in the way and is no socket is never removed") {
    const TemporaryFolder folder;
    const std::string path = folder.file("precious");
    std::ofstream(path) << "text";
    CHECK(error_of(address("unix:" + path)).find("a file that is no socket is in the way") !=
          std::string::npos);
    CHECK(exists(path));
}

TEST_CASE("the end of one socket does not remove its successor's file") {
    const TemporaryFolder folder;
    const std::string path = folder.file("s");
    {
        const auto first = ListenSocket::open(address("unix:" + path), {});
        ::rename(path.c_str(), folder.file("moved").c_str());
        std::ofstream(path) << "another";
    }
    CHECK(exists(path));
}

TEST_CASE("errors name the address and the cause") {
    CHECK(
        error_of(address("unix:/no/such/folder/s")).rfind("listen unix:/no/such/folder/s: cannot bind", 0) ==
        0);
    const auto first = ListenSocket::open(address("inet:127.0.0.1:18437"), {});
    CHECK(error_of(address("inet:127.0.0.1:18437")) ==
          "listen inet:127.0.0.1:18437: cannot bind: Address already in use");
}

TEST_CASE("sockets passed by systemd take the place of equal listen entries") {
    const TemporaryFolder folder;
    const int status = testing_support::in_child([&] {
        const ListenAddress passed = address("unix:" + folder.file("passed"));
        const ListenAddress own = address("unix:" + folder.file("own"));
        // What systemd does: a listening socket as descriptor 3, and two variables.
        auto* socket = new ListenSocket(ListenSocket::open(passed, {}));
        if (::dup2(socket->descriptor(), 3) != 3) return 1;
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", "1", 1);
        const auto all = app::open_listeners({passed, own}, {});
        if (all.size() != 2 || !all[0].adopted() || all[0].descriptor() != 3 || all[1].adopted()) return 2;
        if (!(all[0].address() == passed) || !(all[1].address() == own)) return 3;
        if ((::fcntl(3, F_GETFD) & FD_CLOEXEC) == 0 || (::fcntl(3, F_GETFL) & O_NONBLOCK) == 0) return 4;
        return std::getenv("LISTEN_FDS") == nullptr ? 0 : 5;
    });
    CHECK(status == 0);
    CHECK(exists(folder.file("passed")));  // systemd's, not ours to remove
}

TEST_CASE("sockets meant for another process are left alone") {
    ::setenv("LISTEN_PID", "1", 1);
    ::setenv("LISTEN_FDS", "1", 1);
    CHECK(app::inherited_sockets().empty());
}
