// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "daemon/admin/log_line.h"
#include "daemon/admin/utc_text.h"

using app::LogFormat;
using app::LogLevel;
using app::LogLine;
using app::LogStyle;

namespace {

std::string text_line(std::string_view value) {
    std::string out;
    LogLine(out, LogStyle{LogFormat::kText, false, false}, LogLevel::kInfo, "query").add("domain", value);
    return out;
}

}  // namespace

TEST_CASE("a text line is time, level, event and fields") {
    std::string out;
    LogLine(out, LogStyle{}, LogLevel::kWarning, "lookup")
        .add("domain", "example.com")
        .add("took_ms", 12)
        .add_flag("cached", true);
    CHECK(out.substr(20) == " warning lookup domain=example.com took_ms=12 cached=yes\n");
    CHECK(out[10] == 'T');
    CHECK(out[19] == 'Z');
}

TEST_CASE("hostile bytes can neither end a line nor forge a field") {
    CHECK(text_line("a b=c") == "info query domain=\"a b=c\"\n");
    CHECK(text_line("x\ninfo query domain=forged") ==
          "info query domain=\"x\\x0ainfo query domain=forged\"\n");
    CHECK(text_line("say \"hi\"\\") == "info query domain=\"say \\\"hi\\\"\\\\\"\n");
    CHECK(text_line("\x1b[31m\xff") == "info query domain=\"\\x1b[31m\\xff\"\n");
    CHECK(text_line("a b") == "info query domain=\"a b\"\n");
    CHECK(text_line("a\x7f") == "info query domain=\"a\\x7f\"\n");
    CHECK(text_line("") == "info query domain=\"\"\n");
}

TEST_CASE("a JSON line is one object whatever the bytes") {
    for (const std::string& value :
         {std::string("plain"), std::string("quote\" \\ \n \t"), std::string("\0\x1f\xff\xc3", 4)}) {
        CAPTURE(value);
        std::string out;
        LogLine(out, LogStyle{LogFormat::kJson, true, false}, LogLevel::kError, "store")
            .add("text", value)
            .add("count", 3)
            .add_flag("ok", false);
        REQUIRE(out.back() == '\n');
        CHECK(out.find('\n') == out.size() - 1);
        const auto parsed = nlohmann::json::parse(out);
        CHECK(parsed["level"] == "error");
        CHECK(parsed["event"] == "store");
        CHECK(parsed["count"] == 3);
        CHECK(parsed["ok"] == false);
        CHECK(parsed["text"].is_string());
    }
}

TEST_CASE("the journal gets a priority instead of a time") {
    std::string out;
    LogLine(out, LogStyle{LogFormat::kText, false, true}, LogLevel::kError, "x").add("y", 1);
    CHECK(out == "<3>error x y=1\n");
}

TEST_CASE("times are UTC") {
    CHECK(app::utc_text(base::WallTime{}) == "1970-01-01T00:00:00Z");
    CHECK(app::utc_text(base::WallTime{base::Seconds{1767225600}}) == "2026-01-01T00:00:00Z");
}
