// SPDX-License-Identifier: MIT
#include "daemon/admin/log.h"

#include <limits.h>
#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "daemon/admin/syslog_socket.h"

namespace app {
namespace {

constexpr std::size_t kQueueLength = 8192;       // messages; each is a line or a block of lines
constexpr std::size_t kBufferBytes = 64 * 1024;  // of single lines that are written together
constexpr std::size_t kBlockBytes = 4 * 1024;    // as many lines in one message need no collecting

// An empty message of this level is the request to flush: spdlog's own flush() waits in some of its versions.
constexpr spdlog::level::level_enum kFlush = spdlog::level::critical;

constexpr int kLookEveryMs = 100;  // while the receiver has no room
constexpr int kLastLooks = 10;     // as often once the daemon ends

mode_t mode_of_stderr() {
    struct stat status {};
    return ::fstat(STDERR_FILENO, &status) == 0 ? status.st_mode : 0;
}

/// Collects lines and writes them to stderr, as much at a time as that takes without blocking.
/// Runs on spdlog's thread only, but for end().
class StderrSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  public:
    /// From now on a receiver that has no room is waited for a second in all, and then no longer: the end of
    /// the daemon must not depend on it.
    void end() { ending_.store(true, std::memory_order_relaxed); }

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        const std::string_view lines(message.payload.data(), message.payload.size());
        if (lines.size() >= kBlockBytes) {
            flush_();
            write(lines);
            return;
        }
        buffer_.append(lines);
        if (buffer_.size() >= kBufferBytes || message.level >= spdlog::level::warn)
            flush_();  // kFlush among them
    }
    void flush_() override {
        write(buffer_);
        buffer_.clear();
    }

  private:
    void write(std::string_view lines) {
        if (torn_) return;
        bool full = !takes_what_it_can_;
        for (std::string_view rest = lines; !rest.empty();) {
            if (full && !wait_for_room()) {
                const std::size_t written = lines.size() - rest.size();
                torn_ = written > 0 && lines[written - 1] != '\n';
                break;
            }
            const ssize_t n = write_some(rest);
            if (n < 0 && errno != EINTR && errno != EAGAIN) break;  // nobody is there to tell
            if (n < 0) full = full || errno == EAGAIN;
            if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    ssize_t write_some(std::string_view rest) const {
        if (is_socket_) return ::send(STDERR_FILENO, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        return ::write(STDERR_FILENO, rest.data(), takes_what_it_can_ ? rest.size() : piece(rest));
    }
    /// Whole lines where possible; no more than a pipe that polls as writable takes at once.
    static std::size_t piece(std::string_view rest) {
        if (rest.size() <= PIPE_BUF) return rest.size();
        const std::size_t end = rest.rfind('\n', PIPE_BUF - 1);
        return end == std::string_view::npos ? PIPE_BUF : end + 1;
    }

    bool wait_for_room() {
        for (;;) {
            pollfd stderr_room{STDERR_FILENO, POLLOUT, 0};
            const int ready = ::poll(&stderr_room, 1, looks_left_ > 0 ? kLookEveryMs : 0);
            if (ready > 0 || (ready < 0 && errno != EINTR))
                return true;  // room, or an error for write to tell
            if (ready == 0 && ending_.load(std::memory_order_relaxed) && --looks_left_ <= 0) return false;
        }
    }

    std::string buffer_;
    // The journal's socket can be asked not to block, and a file does not; a pipe or terminal is to be asked
    // for room first.
    const bool is_socket_ = S_ISSOCK(mode_of_stderr());
    const bool takes_what_it_can_ = is_socket_ || S_ISREG(mode_of_stderr());
    int looks_left_ = kLastLooks;
    bool torn_ = false;  // the last line was given up in its middle: no other is to be glued to it
    std::atomic<bool> ending_{false};
};

/// One message per line. The lines of a block may be of several levels, so each says its own.
class SyslogSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  public:
    explicit SyslogSink(const std::string& path) : socket_(path) {}
    void end() { socket_.end(); }

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        std::string_view rest(message.payload.data(), message.payload.size());
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n');
            socket_.send(rest.substr(0, end));
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        }
    }
    void flush_() override {}

  private:
    SyslogSocket socket_;
};

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return spdlog::level::debug;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kWarning:
            return spdlog::level::warn;
        case LogLevel::kError:
            break;
    }
    return spdlog::level::err;
}

/// systemd says in JOURNAL_STREAM ("device:inode") which stream is the journal's.
bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

}  // namespace

Log::Log(const Options& options) : level_(options.level) {
    LogTarget target = options.target;
    if (target == LogTarget::kAuto) target = stderr_is_journal() ? LogTarget::kJournal : LogTarget::kStderr;
    style_.format = options.format;
    style_.timestamp = target == LogTarget::kStderr;
    style_.priority = target != LogTarget::kStderr;

    spdlog::sink_ptr sink;
    if (target == LogTarget::kSyslog) {
        auto to_syslog = std::make_shared<SyslogSink>(options.syslog_socket);
        end_ = [raw = to_syslog.get()] { raw->end(); };
        sink = std::move(to_syslog);
    } else {
        auto to_stderr = std::make_shared<StderrSink>();
        end_ = [raw = to_stderr.get()] { raw->end(); };
        sink = std::move(to_stderr);
    }
    pool_ = std::make_shared<spdlog::details::thread_pool>(kQueueLength, 1);
    logger_ = std::make_shared<spdlog::async_logger>("mta-stsd", std::move(sink), pool_,
                                                     spdlog::async_overflow_policy::overrun_oldest);
    logger_->set_level(spdlog::level::trace);  // `level_` decides
}

Log::~Log() {
    flush();
    if (end_) end_();
    pool_.reset();  // joins the thread, which first empties the queue; the logger and its sink go after it
}

void Log::write(LogLevel level, std::string_view lines) {
    if (!lines.empty()) logger_->log(level_of(level), spdlog::string_view_t(lines.data(), lines.size()));
}

void Log::flush() {
    logger_->log(kFlush, spdlog::string_view_t());
}

std::uint64_t Log::dropped() const {
    return pool_->overrun_counter();
}

}  // namespace app
