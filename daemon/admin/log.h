// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/admin/log_line.h"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace app {

/// Where the daemon's log lines go. Lines are handed to spdlog's queue and written by its one thread: whoever
/// logs never waits for the receiver. Where the receiver is slower than the daemon the oldest lines are
/// dropped and counted. write() and enabled() from any thread; the rest from the engine's. One per process.
class Log {
  public:
    struct Options {
        LogLevel level = LogLevel::kInfo;
        LogFormat format = LogFormat::kText;
        LogTarget target = LogTarget::kAuto;
        std::string syslog_socket = "/dev/log";
    };

    explicit Log(const Options& options);
    /// Writes what is queued; a receiver that takes nothing is given up after a second.
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    const LogStyle& style() const { return style_; }
    bool enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
    void set_level(LogLevel level) { level_.store(level, std::memory_order_relaxed); }

    /// Queues one or more finished lines (LogLine) of one level.
    void write(LogLevel level, std::string_view lines);
    /// Makes what is queued reach the receiver soon; the loop calls it a few times a second.
    void flush();
    /// Lines (or blocks of lines) that the queue had no room for.
    std::uint64_t dropped() const;

  private:
    LogStyle style_;
    std::atomic<LogLevel> level_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;  // spdlog's interface asks for shared ownership
    std::shared_ptr<spdlog::logger> logger_;
    std::function<void()> end_;  // of the sink, which the logger owns
};

/// One line, written when it goes out of scope: `LogEntry(log, LogLevel::kInfo, "reload").add("file", path);`
class LogEntry {
  public:
    LogEntry(Log& log, LogLevel level, std::string_view event)
        : log_(log), level_(level), wanted_(log.enabled(level)) {
        if (wanted_) line_ = std::make_unique<LogLine>(text_, log.style(), level, event);
    }
    ~LogEntry() {
        line_.reset();
        if (wanted_) log_.write(level_, text_);
    }
    LogEntry(const LogEntry&) = delete;
    LogEntry& operator=(const LogEntry&) = delete;

    template <class T>
    LogEntry& add(std::string_view key, const T& value) {
        if (line_) line_->add(key, value);
        return *this;
    }
    LogEntry& add_flag(std::string_view key, bool value) {
        if (line_) line_->add_flag(key, value);
        return *this;
    }

  private:
    Log& log_;
    LogLevel level_;
    bool wanted_;
    std::string text_;
    std::unique_ptr<LogLine> line_;
};

}  // namespace app
