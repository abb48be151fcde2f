// SPDX-License-Identifier: MIT
#include "daemon/overrides_file.h"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

using base::Seconds;
using base::WallTime;
using policy::Override;

namespace {

constexpr WallTime kNow{Seconds{1767225600}};  // 2026-01-01 00:00:00 UTC

app::OverridesFile good(const std::string& text) {
    CAPTURE(text);
    auto result = app::parse_overrides(text, "overrides.yml", kNow);
    if (!result) FAIL(result.error().text());
    return *std::move(result);
}

std::string errors(const std::string& text) {
    const auto result = app::parse_overrides(text, "overrides.yml", kNow);
    return result ? std::string() : result.error().text();
}

const Override* find(const app::OverridesFile& file, const std::string& domain) {
    return file.overrides.find(*dns::Name::parse(domain), kNow);
}

}  // namespace

TEST_CASE("overrides file: every action and key is read") {
    const auto file = good(R"(
- domain: Example.COM.
  action: ignore
  comment: "they know"
- {domain: "*.example.net", action: enforce, until: 2026-03-01}
- domain: partner.example
  action: pin
  until: 2026-01-01T12:30:00Z
  mx:
    - MX1.partner.example
    - "*.mail.partner.example."
- domain: bücher.example
  action: defer
)");
    CHECK(file.expired.empty());
    REQUIRE(file.overrides.entries().size() == 4);
    REQUIRE(find(file, "example.com") != nullptr);
    CHECK(find(file, "example.com")->action == Override::Action::kIgnore);
    CHECK(find(file, "example.com")->comment == "they know");
    CHECK(find(file, "example.net") == nullptr);
    REQUIRE(find(file, "a.b.example.net") != nullptr);
    CHECK(find(file, "a.b.example.net")->action == Override::Action::kEnforce);
    CHECK(find(file, "a.example.net")->until == WallTime{Seconds{1772409600}});  // 2026-03-02 00:00
    REQUIRE(find(file, "partner.example") != nullptr);
    CHECK(find(file, "partner.example")->mx ==
          std::vector<std::string>{"mx1.partner.example", "*.mail.partner.example"});
    CHECK(find(file, "partner.example")->until == kNow + Seconds{45000});
    REQUIRE(find(file, "xn--bcher-kva.example") != nullptr);
    CHECK(find(file, "xn--bcher-kva.example")->action == Override::Action::kDefer);
}

TEST_CASE("overrides file: nothing in it means no overrides") {
    for (const std::string text : {"", "# nothing\n", "[]", "---\n"}) {
        CAPTURE(text);
        CHECK(good(text).overrides.entries().empty());
    }
}

TEST_CASE("overrides file: an entry past its time is inactive and reported") {
    const auto file = good(
        "- {domain: old.example, action: defer, until: 2025-12-31}\n"
        "- {domain: new.example, action: defer, until: 2026-01-01}\n");
    CHECK(find(file, "old.example") == nullptr);
    CHECK(find(file, "new.example") != nullptr);
    CHECK(file.expired ==
          std::vector<std::string>{"overrides.yml:1: old.example: inactive since 2026-01-01T00:00:00Z"});
}

TEST_CASE("overrides file: a time is a day or a moment in UTC, and nothing else") {
    struct Row {
        std::string text;
        std::int64_t seconds;  // -1: refused
    };
    const Row rows[] = {
        {"1970-01-01", 86400},
        {"2024-02-29", 1709251200},
        {"2026-01-01T00:00:00Z", 1767225600},
        {"2026-01-01 00:00:01Z", 1767225601},
        {"2026-01-01T00:00:00+00:00", 1767225600},
        {"9999-12-31T23:59:59Z", 253402300799},
        {"2026-02-29", -1},
        {"2026-13-01", -1},
        {"2026-00-01", -1},
        {"2026-1-1", -1},
        {"1969-12-31", -1},
        {"26-01-01", -1},
        {"2026-01-01T24:00:00Z", -1},
        {"2026-01-01T00:60:00Z", -1},
        {"2026-01-01T00:00:60Z", -1},
        {"2026-01-01T00:00:00", -1},
        {"2026-01-01T00:00:00+01:00", -1},
        {"2026-01-01T00:00Z", -1},
        {"2026-01-01Z", -1},
        {"2026-01-01T00:00:00Zx", -1},
        {"tomorrow", -1},
        {"", -1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto until = app::parse_until(row.text);
        CHECK((until ? until->time_since_epoch().count() : -1) == row.seconds);
    }
}

TEST_CASE("overrides file: what is wrong is said with its line") {
    struct Row {
        std::string text;
        std::string error;
    };
    const std::string actions = "; allowed: ignore, enforce, pin or defer";
    const std::string names =
        "; allowed: a domain name such as example.com, or \"*.example.com\" for all names below it";
    const std::string hosts =
        "; allowed: a list of host names, one per line, such as mx1.example.net or \"*.example.net\"";
    const Row rows[] = {
        {"domain: example.com\n",
         "overrides.yml:1: is not a list; allowed: entries that begin with \"- domain:\""},
        {"- example.com\n",
         "overrides.yml:1: is no entry; allowed: lines of \"key: value\" with domain and action"},
        {"- action: defer\n", "overrides.yml:1: domain is missing" + names},
        {"- domain: example.com\n", "overrides.yml:1: example.com: action is missing" + actions},
        {"- domain: example.com\n  action: drop\n",
         "overrides.yml:2: example.com: action \"drop\" is unknown" + actions},
        {"- domain: com\n  action: defer\n", "overrides.yml:1: domain \"com\" is no mail domain" + names},
        {"- domain: 192.0.2.1\n  action: defer\n",
         "overrides.yml:1: domain \"192.0.2.1\" is no mail domain" + names},
        {"- domain: a b.example\n  action: defer\n",
         "overrides.yml:1: domain \"a b.example\" is no mail domain" + names},
        {"- domain: a.*.example\n  action: defer\n",
         "overrides.yml:1: domain \"a.*.example\" is no mail domain" + names},
        {"- domain: *.example.com\n  action: defer\n",
         "overrides.yml:1: has a text that begins with * or &; allowed: such a text in double quotes"},
        {"- domain: example.com\n  acton: defer\n  action: defer\n",
         "overrides.yml:2: \"acton\" is an unknown key; allowed: domain, action, mx, until, comment; did you "
         "mean action?"},
        {"- domain: example.com\n  action: defer\n  action: ignore\n",
         "overrides.yml:3: action is set twice"},
        {"- domain: example.com\n  action: pin\n",
         "overrides.yml:1: example.com: mx is missing or no list" + hosts},
        {"- domain: example.com\n  action: pin\n  mx: mx.example.com\n",
         "overrides.yml:3: example.com: mx is missing or no list" + hosts},
        {"- domain: example.com\n  action: pin\n  mx:\n    - 192.0.2.1\n",
         "overrides.yml:4: example.com: mx \"192.0.2.1\" is no usable host name" + hosts},
        {"- domain: example.com\n  action: pin\n  mx: [a.example, A.example.]\n",
         "overrides.yml:3: example.com: mx \"A.example.\" is listed twice"},
        {"- domain: example.com\n  action: ignore\n  mx: [a.example]\n",
         "overrides.yml:3: example.com: mx is for action pin only"},
        {"- domain: example.com\n  action: ignore\n  until: soon\n",
         "overrides.yml:3: example.com: until \"soon\" is no time; allowed: 2026-03-01 (to the end of that "
         "day, UTC) or "
         "2026-03-01T12:00:00Z"},
        {"- {domain: example.com, action: ignore}\n- {domain: EXAMPLE.com., action: defer}\n",
         "overrides.yml:2: example.com: has two entries; first on line 1"},
        {"- {domain: \"*.a.example\", action: x}\n- {domain: b.example, action: y}\n",
         "overrides.yml:1: *.a.example: action \"x\" is unknown" + actions +
             "\noverrides.yml:2: b.example: action \"y\" is unknown" + actions},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(errors(row.text) == row.error);
    }
}

TEST_CASE("overrides file: \"*.example.com\" and example.com are two domains") {
    CHECK(good("- {domain: example.com, action: ignore}\n- {domain: \"*.example.com\", action: defer}\n")
              .overrides.entries()
              .size() == 2);
}

TEST_CASE("overrides file: a missing file is an error except at the default path; no path means none") {
    CHECK(app::load_overrides("", kNow).has_value());
    const auto missing = app::load_overrides("/nonexistent/overrides.yml", kNow);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().text() == "/nonexistent/overrides.yml: cannot be read: No such file or directory");
}

TEST_CASE("overrides file: the packaged file has no entry, and its examples are good") {
    const std::string path = SOURCE_DIR "/conf/overrides.yml";
    const auto packaged = app::load_overrides(path, kNow);
    REQUIRE(packaged);
    CHECK(packaged->overrides.entries().empty());
    std::ifstream in(path);
    std::string examples, line;
    while (std::getline(in, line))
        if (line.substr(0, 2) == "#-" || line.substr(0, 3) == "#  ") examples += line.substr(1) + "\n";
    examples = examples.substr(examples.find("- domain: example.com"));
    CHECK(good(examples).overrides.entries().size() == 3);
}
