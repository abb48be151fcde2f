// SPDX-License-Identifier: MIT
#include "daemon/admin/log_line.h"

#include <array>
#include <charconv>
#include <ctime>

#include "daemon/admin/utc_text.h"

namespace app {
namespace {

constexpr std::string_view kLevelNames[] = {"debug", "info", "warning", "error"};
constexpr std::string_view kPriorities[] = {"<7>", "<6>", "<4>", "<3>"};  // of syslog
constexpr char kHex[] = "0123456789abcdef";

void append_number(std::string& out, std::int64_t value) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

bool plain(std::string_view value) {
    if (value.empty()) return false;
    for (const char c : value)
        if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') return false;
    return true;
}

void append_quoted(std::string& out, std::string_view value, LogFormat format) {
    out += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte >= 0x20 && byte < 0x7f) {
            out += c;
        } else {
            // Bytes, not characters: what is outside ASCII shows as Latin-1 code points in JSON.
            out += format == LogFormat::kJson ? "\\u00" : "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    out += '"';
}

/// Rendered once per second and thread.
std::string_view text_of(base::WallTime time) {
    thread_local base::WallTime rendered = base::WallTime::min();
    thread_local std::string text;
    if (time != rendered) {
        text = utc_text(time);
        rendered = time;
    }
    return text;
}

}  // namespace

LogLine::LogLine(std::string& out, const LogStyle& style, LogLevel level, std::string_view event)
    : LogLine(out, style, level, event, base::WallTime(base::Seconds(std::time(nullptr)))) {}

LogLine::LogLine(std::string& out, const LogStyle& style, LogLevel level, std::string_view event,
                 base::WallTime time)
    : LogFields(out, style.format) {
    const auto index = static_cast<std::size_t>(level);
    if (style.priority) out_ += kPriorities[index];
    if (format_ == LogFormat::kJson) {
        out_ += '{';
        if (style.timestamp) {
            out_ += "\"time\":\"";
            out_ += text_of(time);
            out_ += "\",";
        }
        out_ += "\"level\":\"";
        out_ += kLevelNames[index];
        out_ += "\",\"event\":\"";
        out_ += event;
        out_ += '"';
        return;
    }
    if (style.timestamp) {
        out_ += text_of(time);
        out_ += ' ';
    }
    out_ += kLevelNames[index];
    out_ += ' ';
    out_ += event;
}

LogLine::~LogLine() {
    out_ += format_ == LogFormat::kJson ? "}\n" : "\n";
}

void LogFields::begin_field(std::string_view key) {
    if (format_ == LogFormat::kJson) {
        out_ += ",\"";
        out_ += key;
        out_ += "\":";
    } else {
        out_ += ' ';
        out_ += key;
        out_ += '=';
    }
}

LogFields& LogFields::add(std::string_view key, std::string_view value) {
    begin_field(key);
    if (format_ == LogFormat::kText && plain(value)) {
        out_ += value;
    } else {
        append_quoted(out_, value, format_);
    }
    return *this;
}

LogFields& LogFields::add(std::string_view key, std::int64_t value) {
    begin_field(key);
    append_number(out_, value);
    return *this;
}

LogFields& LogFields::add_flag(std::string_view key, bool value) {
    begin_field(key);
    out_ += format_ == LogFormat::kJson ? (value ? "true" : "false") : (value ? "yes" : "no");
    return *this;
}

LogFields& LogFields::add(std::string_view key, const dns::Name& name) {
    begin_field(key);
    if (format_ == LogFormat::kJson) out_ += '"';
    out_ += name.text();
    if (format_ == LogFormat::kJson) out_ += '"';
    return *this;
}

}  // namespace app
