// SPDX-License-Identifier: MIT
#include "daemon/admin/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "tests/support/in_child.h"

namespace {

/// A log whose receiver is `write_end`; ends it after `lines` lines. In a process of its own: it has another
/// standard error, and dies of an alarm where the end does not come.
int log_in_child(int write_end, int lines) {
    return testing_support::in_child([=] {
        ::alarm(20);
        ::signal(SIGPIPE, SIG_IGN);
        ::dup2(write_end, STDERR_FILENO);
        app::Log log({});
        for (int i = 0; i < lines; ++i)
            app::LogEntry(log, app::LogLevel::kInfo, "line").add("number", i);
        return 7;
    });
}

}  // namespace

TEST_CASE("a receiver that reads nothing keeps neither the one who logs nor the end") {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    CHECK(log_in_child(ends[1], 20000) == 7);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a receiver that is gone keeps nobody") {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    CHECK(log_in_child(ends[1], 20000) == 7);
    ::close(ends[1]);
}

TEST_CASE("all lines arrive, whole and in order, before the end") {
    char name[] = "/tmp/mta-stsd-log-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::unlink(name);
    CHECK(log_in_child(file, 5000) == 7);
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    REQUIRE(::pread(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    ::close(file);
    int next = 0;
    for (std::size_t begin = 0; begin < text.size(); ++next) {
        const std::size_t end = text.find('\n', begin);
        REQUIRE(end != std::string::npos);
        const std::string expected = " info line number=" + std::to_string(next);
        REQUIRE(text.substr(begin + 20, end - begin - 20) == expected);
        begin = end + 1;
    }
    CHECK(next == 5000);
}
