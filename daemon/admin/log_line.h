// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/choices.h"
#include "lib/base/clock.h"
#include "lib/dns/name.h"

namespace app {

/// How the lines of this process look; fixed for the life of a target.
struct LogStyle {
    LogFormat format = LogFormat::kText;
    bool timestamp = true;  ///< false where the receiver (journal, syslog) stamps lines itself
    bool priority = false;  ///< "<6>" in front, which the journal understands on stderr, and SyslogSocket
};

/// Fields of a log line, `key=value ...` or as JSON. Values are escaped, so that hostile bytes can neither
/// end the line nor forge a field. Appends to a string that the caller keeps.
class LogFields {
  public:
    LogFields(std::string& out, LogFormat format) : out_(out), format_(format) {}

    /// Keys are literals of ours: letters, digits and '_'.
    LogFields& add(std::string_view key, std::string_view value);
    LogFields& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
    LogFields& add(std::string_view key, std::int64_t value);
    LogFields& add(std::string_view key, int value) { return add(key, static_cast<std::int64_t>(value)); }
    LogFields& add_flag(std::string_view key, bool value);
    /// A name needs no escaping.
    LogFields& add(std::string_view key, const dns::Name& name);

  protected:
    void begin_field(std::string_view key);

    std::string& out_;
    LogFormat format_;
};

/// One log line: `time level event key=value ...`, or one JSON object; ends with a newline.
class LogLine : public LogFields {
  public:
    /// Stamped with the system's time, or with `time`.
    LogLine(std::string& out, const LogStyle& style, LogLevel level, std::string_view event);
    LogLine(std::string& out, const LogStyle& style, LogLevel level, std::string_view event,
            base::WallTime time);
    ~LogLine();  // closes the line
    LogLine(const LogLine&) = delete;
    LogLine& operator=(const LogLine&) = delete;
};

}  // namespace app
