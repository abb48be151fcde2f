// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>

#include "daemon/admin/sandbox.h"
#include "tests/support/in_child.h"
#include "tests/support/temporary_folder.h"

using testing_support::in_child;
using testing_support::TemporaryFolder;

namespace {

bool readable(const std::string& path) {
    return static_cast<bool>(std::ifstream(path));
}
bool writable(const std::string& path) {
    return static_cast<bool>(std::ofstream(path));
}

}  // namespace

TEST_CASE("in the sandbox only the named folders are within reach") {
    const TemporaryFolder state, settings, other;
    REQUIRE(writable(settings.file("a")));
    REQUIRE(writable(other.file("a")));
    const int status = in_child([&] {
        if (!app::enter_sandbox({{settings.path()}, {state.path()}}).empty()) return 1;
        if (!writable(state.file("new"))) return 2;
        if (std::rename(state.file("new").c_str(), state.file("newer").c_str()) != 0) return 3;
        if (!readable(settings.file("a"))) return 4;
        if (writable(settings.file("a"))) return 5;
        if (readable(other.file("a"))) return 6;
        if (writable(other.file("b"))) return 7;
        return 0;
    });
    CHECK(status == 0);
}

TEST_CASE("a file that is replaced in a readable folder can still be read") {
    const TemporaryFolder settings;
    REQUIRE(writable(settings.file("a")));
    const int status = in_child([&] {
        app::enter_sandbox({{settings.path()}, {settings.path()}});
        std::ofstream(settings.file("fresh")) << "x";
        if (std::rename(settings.file("fresh").c_str(), settings.file("a").c_str()) != 0) return 1;
        return readable(settings.file("a")) ? 0 : 2;
    });
    CHECK(status == 0);
}

TEST_CASE("in the sandbox no program can be started, no user changed, no odd socket opened") {
    const int status = in_child([] {
        app::enter_sandbox({{"/"}, {}});
        char name[] = "/bin/true";
        char* const arguments[] = {name, nullptr};
        if (::execv(name, arguments) == 0 || errno != EPERM) return 1;
        // Not setuid(3), which asks all threads, a sanitizer's own too, and ends the process where they
        // disagree.
        if (::syscall(SYS_setuid, 65534) == 0) return 2;
        if (::socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != EAFNOSUPPORT) return 3;
        if (::socket(AF_INET6, SOCK_STREAM, 0) < 0) return 4;
        return 0;
    });
    CHECK(status == 0);
}

TEST_CASE("the folder of a file is its real one") {
    const TemporaryFolder folder;
    REQUIRE(writable(folder.file("a")));
    const std::string link = folder.file("link");
    REQUIRE(::symlink("/etc/passwd", link.c_str()) == 0);
    CHECK(app::folder_of(link) == "/etc");
    CHECK(app::folder_of("/not-there/x") == "/not-there");
}
