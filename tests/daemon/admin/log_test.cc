// SPDX-License-Identifier: MIT
#include "daemon/admin/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <string>
#include <utility>

#include "tests/support/in_child.h"
#include "tests/support/temporary_folder.h"

namespace {

/// A log whose receiver is `write_end`; ends it after `lines` lines, which it gets in blocks of so many. In a
/// process of its own: it has another standard error, and dies of an alarm where the end does not come.
int log_in_child(
    int write_end, int lines, int block = 1, const std::function<void()>& meanwhile = [] {}) {
    const auto work = [=] {
        ::alarm(20);
        ::signal(SIGPIPE, SIG_IGN);
        ::dup2(write_end, STDERR_FILENO);
        app::Log log({});
        std::string text;
        for (int i = 0; i < lines; ++i) {
            app::LogLine(text, log.style(), app::LogLevel::kInfo, "line").add("number", i);
            if ((i + 1) % block == 0) log.write(app::LogLevel::kInfo, std::exchange(text, {}));
        }
        return 7;
    };
    return testing_support::in_child(work, meanwhile);
}

/// "<time> info line number=0" and so on, in this order, and nothing else.
void check_lines(const std::string& text, int lines) {
    int next = 0;
    for (std::size_t begin = 0; begin < text.size(); ++next) {
        const std::size_t end = text.find('\n', begin);
        REQUIRE(end != std::string::npos);
        const std::string expected = " info line number=" + std::to_string(next);
        REQUIRE(text.substr(begin + 20, end - begin - 20) == expected);
        begin = end + 1;
    }
    CHECK(next == lines);
}

/// A pipe, or the kind of socket that the journal gives a service.
std::array<int, 2> connected(bool socket) {
    std::array<int, 2> ends{-1, -1};
    REQUIRE((socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) : ::pipe(ends.data())) == 0);
    return ends;
}

}  // namespace

TEST_CASE("a receiver that reads nothing keeps neither the one who logs nor the end") {
    for (const bool socket : {false, true}) {
        CAPTURE(socket);
        const auto ends = connected(socket);
        CHECK(log_in_child(ends[1], 20000) == 7);
        ::close(ends[0]);
        ::close(ends[1]);
    }
}

TEST_CASE("a receiver that is gone keeps nobody") {
    for (const bool socket : {false, true}) {
        CAPTURE(socket);
        const auto ends = connected(socket);
        ::close(ends[0]);
        CHECK(log_in_child(ends[1], 20000) == 7);
        ::close(ends[1]);
    }
}

TEST_CASE("all lines arrive, whole and in order, before the end: into a file") {
    char name[] = "/tmp/mta-stsd-log-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::unlink(name);
    CHECK(log_in_child(file, 5000) == 7);
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    REQUIRE(::pread(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    ::close(file);
    check_lines(text, 5000);
}

TEST_CASE("all lines arrive, whole and in order, before the end: at a slow reader") {
    for (const bool socket : {false, true}) {
        CAPTURE(socket);
        const auto ends = connected(socket);
        std::string text;
        const auto read_all = [&] {
            ::close(ends[1]);                // the other process has the last one
            std::array<char, 1000> piece{};  // far less than is written at once
            for (ssize_t n = 0; (n = ::read(ends[0], piece.data(), piece.size())) > 0;)
                text.append(piece.data(), static_cast<std::size_t>(n));
            ::close(ends[0]);
        };
        CHECK(log_in_child(ends[1], 5000, 100, read_all) == 7);
        check_lines(text, 5000);
    }
}

namespace {

/// A log daemon's socket: bound, read only when asked.
class LogDaemon {
  public:
    LogDaemon() { open(); }
    ~LogDaemon() { ::close(descriptor_); }
    LogDaemon(const LogDaemon&) = delete;
    LogDaemon& operator=(const LogDaemon&) = delete;

    std::string path() const { return folder_.file("log"); }
    void restart() {
        ::close(descriptor_);
        ::unlink(path().c_str());
        open();
    }
    /// Without its time stamp and process number; empty after 10 s without one.
    std::string message() const {
        pollfd ready{descriptor_, POLLIN, 0};
        if (::poll(&ready, 1, 10000) != 1) return {};
        std::string text(1024, '\0');
        text.resize(static_cast<std::size_t>(::recv(descriptor_, text.data(), text.size(), 0)));
        const std::size_t severity = text.find('>') + 1, text_begin = text.find("]: ");
        if (text_begin == std::string::npos) return text;
        CHECK(text.substr(severity + 15, 10) == " mta-stsd[");  // "Nov  2 05:30:00"
        return text.substr(0, severity) + text.substr(text_begin + 3);
    }

  private:
    void open() {
        descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        path().copy(name.sun_path, sizeof name.sun_path - 1);
        REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    }
    testing_support::TemporaryFolder folder_;
    int descriptor_ = -1;
};

app::Log::Options to_syslog(const LogDaemon& receiver) {
    app::Log::Options options;
    options.target = app::LogTarget::kSyslog;
    options.syslog_socket = receiver.path();
    return options;
}

void add_line(std::string& block, const app::Log& log, app::LogLevel level, std::string_view event) {
    const app::LogLine line(block, log.style(), level, event);
}

void log_line(app::Log& log, std::string_view event) {
    const app::LogEntry entry(log, app::LogLevel::kInfo, event);
}

}  // namespace

TEST_CASE("syslog: each line of a block has its own severity, of facility mail") {
    const LogDaemon receiver;
    {
        app::Log log(to_syslog(receiver));
        std::string block;
        add_line(block, log, app::LogLevel::kInfo, "query");
        app::LogLine(block, log.style(), app::LogLevel::kError, "unknown-map").add("map", "posfix");
        add_line(block, log, app::LogLevel::kWarning, "query");
        add_line(block, log, app::LogLevel::kDebug, "refused");
        log.write(app::LogLevel::kInfo, block);
        CHECK(receiver.message() == "<22>info query");
        CHECK(receiver.message() == "<19>error unknown-map map=posfix");
        CHECK(receiver.message() == "<20>warning query");
        CHECK(receiver.message() == "<23>debug refused");
    }
}

TEST_CASE("syslog: a log daemon that was restarted gets what comes after") {
    LogDaemon receiver;
    app::Log log(to_syslog(receiver));
    log_line(log, "one");
    CHECK(receiver.message() == "<22>info one");
    receiver.restart();
    log_line(log, "two");
    CHECK(receiver.message() == "<22>info two");
}

TEST_CASE("syslog: a log daemon that stands still or is missing keeps nobody") {
    const LogDaemon receiver;
    const app::Log::Options options = to_syslog(receiver);
    SUBCASE("stands still") {}
    SUBCASE("is missing") {
        ::unlink(options.syslog_socket.c_str());
    }
    const int status = testing_support::in_child([&] {
        ::alarm(20);
        app::Log log(options);
        for (int i = 0; i < 5000; ++i)
            app::LogEntry(log, app::LogLevel::kInfo, "line").add("number", i);
        return 7;
    });
    CHECK(status == 7);
}
