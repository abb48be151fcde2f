// SPDX-License-Identifier: MIT
#include "daemon/monitor/html.h"

#include <doctest/doctest.h>

#include "daemon/monitor/chart.h"
#include "daemon/monitor/json_html.h"

using app::escape_html;

TEST_CASE("markup, quotes, controls and what is no UTF-8 do not get through") {
    const std::string no = "\xEF\xBF\xBD";
    const std::vector<std::pair<std::string, std::string>> table{
        {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
        {"a\" onload=\"b", "a&quot; onload=&quot;b"},
        {"a & b", "a &amp; b"},
        {"b\xc3\xbc"
         "cher \xe2\x82\xac \xf0\x9f\x99\x82",
         "b\xc3\xbc"
         "cher \xe2\x82\xac \xf0\x9f\x99\x82"},
        {"line\nnext\ttab", "line\nnext\ttab"},
        {std::string("a\0b\x1b[31m\x7f", 9), "a" + no + "b" + no + "[31m" + no},
        {"\xc2\x85", no},  // a C1 control
        {"\xe2\x80\xae"
         "gpj.exe",
         no + "gpj.exe"},  // right-to-left override
        {"a\xe2\x80\x8b"
         "b\xef\xbb\xbf",
         "a" + no + "b" + no},
        {"\xff\xfe", no + no},
        {"\xc0\xbc", no + no},  // overlong '<'
        {"\xe0\x80\xbc", no + no + no},
        {"\xed\xa0\x80", no + no + no},  // a surrogate
        {"\xf4\x90\x80\x80", no + no + no + no},
        {"\xe2\x82", no + no},
        {"\xc3<", no + "&lt;"},
    };
    for (const auto& row : table) {
        const auto& text = row.first;
        const auto& shown = row.second;
        CAPTURE(text);
        CHECK(escape_html(text) == shown);
    }
}

TEST_CASE("spans of time in one unit") {
    const auto span = [](std::int64_t s) { return app::span_text(base::Seconds{s}); };
    CHECK(span(5) == "5 s");
    CHECK(span(119) == "119 s");
    CHECK(span(120) == "2 min");
    CHECK(span(7199) == "119 min");
    CHECK(span(7200) == "2 h");
    CHECK(span(172800) == "2 d");
    const base::WallTime now{base::Seconds{1000000}};
    CHECK(app::relative_text(now, now) == "now");
    CHECK(app::relative_text(now - base::Seconds{10}, now) == "10 s ago");
    CHECK(app::relative_text(now + base::Seconds{86400}, now) == "in 24 h");
}

TEST_CASE("a page's title is escaped, and it needs no script and no style of its own") {
    const std::string page = app::html_page("<b>", "<p>x</p>");
    CHECK(page.find("<title>&lt;b&gt;</title>") != std::string::npos);
    CHECK(page.find("<p>x</p>") != std::string::npos);
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("style=") == std::string::npos);
}

TEST_CASE("any JSON is shown, hostile texts in it as texts") {
    const auto json = nlohmann::ordered_json{{"last_error", "<i>"},
                                             {"list", {1, true, "two\nlines"}},
                                             {"<key>", nullptr},
                                             {"none", nlohmann::ordered_json::array()}};
    CHECK(app::json_html(json) ==
          "<table><tr><th scope=\"row\">last error</th><td>&lt;i&gt;</td></tr>"
          "<tr><th scope=\"row\">list</th><td><ul class=\"plain\"><li>1</li><li>yes</li>"
          "<li><pre>two\nlines</pre></li></ul></td></tr>"
          "<tr><th scope=\"row\">&lt;key&gt;</th><td>null</td></tr>"
          "<tr><th scope=\"row\">none</th><td><span class=\"dim\">none</span></td></tr></table>");
}

TEST_CASE("a chart has a bar for each stretch, parts that stand on each other, and its largest value") {
    app::Chart chart{"Answers", "1 h ago", app::Chart::Kind::kStacked, {}, {}};
    chart.series.push_back({"good", 0, {1, 0, 3}});
    chart.series.push_back({"bad", 5, {1, 0, 1}});
    const std::string svg = app::chart_figure(chart);
    CHECK(svg.find("up to 4<") != std::string::npos);
    CHECK(svg.find("1 h ago<") != std::string::npos);
    // Of 82 units of height the bar of 4 takes all, its parts 61.5 and 20.5; the empty one has none.
    CHECK(svg.find("<title>good 3, bad 1</title><rect x=\"173.3\" y=\"34.5\" width=\"85.9\" "
                   "height=\"61.5\" class=\"s0\"/><rect x=\"173.3\" y=\"14.0\" width=\"85.9\" "
                   "height=\"20.5\" class=\"s5\"/>") != std::string::npos);
    CHECK(svg.find("x=\"86.7\"") == std::string::npos);
    CHECK(svg.find("style=") == std::string::npos);
}

TEST_CASE("an overlaid chart's parts stand on the axis; one without values says so") {
    app::Chart chart{"Took", "1 d ago", app::Chart::Kind::kOverlaid, {}, [](double v) {
                         return std::to_string(static_cast<int>(v)) + " ms";
                     }};
    chart.series.push_back({"slow", 3, {8}});
    chart.series.push_back({"median", 0, {2}});
    const std::string svg = app::chart_figure(chart);
    CHECK(svg.find("up to 8 ms<") != std::string::npos);
    CHECK(svg.find("y=\"14.0\" width=\"259.2\" height=\"82.0\" class=\"s3\"") != std::string::npos);
    CHECK(svg.find("y=\"75.5\" width=\"259.2\" height=\"20.5\" class=\"s0\"") != std::string::npos);
    chart.series.clear();
    CHECK(app::chart_figure(chart).find("nothing yet") != std::string::npos);
}
