// SPDX-License-Identifier: MIT
#include "lib/dns/name.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

using dns::Name;
using dns::NameError;

namespace {

const std::string k63(63, 'a');
const std::string k253 = k63 + "." + k63 + "." + k63 + "." + std::string(61, 'd');

Name name(std::string_view text) {
    auto parsed = Name::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

}  // namespace

TEST_CASE("names are lower-cased, lose one final dot and become A-labels") {
    const struct {
        std::string text;
        std::string canonical;
    } rows[] = {
        {"example.com", "example.com"},
        {"EXAMPLE.Com", "example.com"},
        {"example.com.", "example.com"},
        {"com", "com"},
        {"a", "a"},
        {"192.0.2.1", "192.0.2.1"},
        {"a-b.c--d.example", "a-b.c--d.example"},
        {"a_b.c_.example", "a_b.c_.example"},
        {"1.2x.example", "1.2x.example"},
        {k63 + ".example", k63 + ".example"},
        {k253, k253},
        {k253 + ".", k253},
        // ASCII is not put through IDN: a name that IDNA would refuse is itself.
        {"xn--a.example", "xn--a.example"},
        {"xn--.example", ""},
        {"XN--BCHER-KVA.EXAMPLE", "xn--bcher-kva.example"},
        // UTS #46, non-transitional.
        {"b\u00fccher.example", "xn--bcher-kva.example"},
        {"B\u00dcCHER.Example.", "xn--bcher-kva.example"},
        {"bu\u0308cher.example", "xn--bcher-kva.example"},
        {"fa\u00df.example", "xn--fa-hia.example"},
        {"\u2603.example", "xn--n3h.example"},
        {"\U0001f4a9.example", "xn--ls8h.example"},
        {"\u03c3\u03c2.example", "xn--3xab.example"},
        {"\uff11\uff19\uff12.0.2.1", "192.0.2.1"},
        {"example\u3002com", "example.com"},
        {"example.com\u3002", "example.com"},
        {"\uff45xample.com", "example.com"},
        {"exam\u00adple.com", "example.com"},
        {"a_b.b\u00fccher.example", "a_b.xn--bcher-kva.example"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto parsed = Name::parse(row.text);
        CHECK(parsed.has_value() == !row.canonical.empty());
        if (parsed) CHECK(parsed->text() == row.canonical);
    }
}

TEST_CASE("what is no name is refused with the reason") {
    const struct {
        std::string text;
        NameError error;
    } rows[] = {
        {"", NameError::kEmpty},
        {".", NameError::kEmpty},
        {"..", NameError::kBadLabel},
        {"example.com..", NameError::kBadLabel},
        {".example.com", NameError::kBadLabel},
        {"a..b", NameError::kBadLabel},
        {"-a.example", NameError::kBadLabel},
        {"a-.example", NameError::kBadLabel},
        {"a.example-", NameError::kBadLabel},
        {"-", NameError::kBadLabel},
        {"_dmarc.example", NameError::kBadLabel},
        {"a._b.example", NameError::kBadLabel},
        {"exa mple.com", NameError::kBadLabel},
        {" example.com", NameError::kBadLabel},
        {"example.com ", NameError::kBadLabel},
        {"example.com\t", NameError::kBadLabel},
        {"example.com\n", NameError::kBadLabel},
        {"\"example.com\"", NameError::kBadLabel},
        {"a\\.b.example", NameError::kBadLabel},
        {"*.example.com", NameError::kBadLabel},
        {"a:25", NameError::kBadLabel},
        {"/var/run/x", NameError::kBadLabel},
        {std::string("example.com\0.evil.example", 25), NameError::kBadLabel},
        {std::string("b\u00fccher.example\0.evil.example", 29), NameError::kBadLabel},
        {"a" + k63 + ".example", NameError::kBadLabel},
        {k253 + "d", NameError::kTooLong},
        {std::string(10000, 'a'), NameError::kTooLong},
        {"b\u00fc cher.example", NameError::kBadIdn},
        {"b\u00fccher=.example", NameError::kBadIdn},
        {"_b\u00fccher.example", NameError::kBadLabel},
        {"\uff3fb\u00fccher.example", NameError::kBadLabel},
        {"_x.b\u00fccher.example", NameError::kBadLabel},
        {"b\u00fc\uff0fcher.example", NameError::kBadIdn},
        {"-\u2603.example", NameError::kBadIdn},
        {"fa\u00df\u2603.example", NameError::kBadIdn},
        {"\ue000.example", NameError::kBadIdn},
        {"\xff.example", NameError::kBadIdn},
        {"b\xc3.example", NameError::kBadIdn},
        {"\u0301a.example", NameError::kBadIdn},
        {"xn--a.b\u00fccher.example", NameError::kBadIdn},
        {"b\u00fccher..example", NameError::kBadLabel},
        {".b\u00fccher.example", NameError::kBadLabel},
        {"b\u00fccher.example..", NameError::kBadLabel},
        {"\u3002", NameError::kEmpty},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto parsed = Name::parse(row.text);
        if (parsed) CAPTURE(parsed->text());
        CHECK_FALSE(parsed.has_value());
        if (!parsed) CHECK(static_cast<int>(parsed.error()) == static_cast<int>(row.error));
    }
}

TEST_CASE("a prefix makes service names, within the length of a name") {
    CHECK(name("example.com").with_prefix("_mta-sts")->text() == "_mta-sts.example.com");
    CHECK(name("mx.example.com").with_prefix("_25._tcp")->text() == "_25._tcp.mx.example.com");
    const Name longest_parent = name(k253.substr(0, 244));
    CHECK(longest_parent.with_prefix("_mta-sts")->text().size() == 253);
    const auto too_long = name(k253.substr(0, 245)).with_prefix("_mta-sts");
    REQUIRE_FALSE(too_long);
    CHECK((too_long.error() == NameError::kTooLong));
}

TEST_CASE("a name knows its labels") {
    const struct {
        std::string_view text;
        std::size_t count;
        std::string_view last;
        std::string_view second_level;
        bool numeric;
    } rows[] = {
        {"mail.example.com", 3, "com", "example.com", false},
        {"example.com", 2, "com", "example.com", false},
        {"com", 1, "com", "com", false},
        {"a.b.c.d", 4, "d", "c.d", false},
        {"192.0.2.1", 4, "1", "2.1", true},
        {"example.123", 2, "123", "example.123", true},
        {"example.1a", 2, "1a", "example.1a", false},
        {"4", 1, "4", "4", true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const Name n = name(row.text);
        CHECK(n.label_count() == row.count);
        CHECK(n.last_label() == row.last);
        CHECK(n.second_level() == row.second_level);
        CHECK(n.is_numeric() == row.numeric);
    }
}

TEST_CASE("a name is within itself and its parents, label by label") {
    CHECK(name("mail.example.com").is_within("example.com"));
    CHECK(name("example.com").is_within("example.com"));
    CHECK(name("example.com").is_within("com"));
    CHECK_FALSE(name("badexample.com").is_within("example.com"));
    CHECK_FALSE(name("example.com").is_within("mail.example.com"));
    CHECK_FALSE(name("example.com").is_within(""));
    CHECK_FALSE(name("example.com.net").is_within("example.com"));
}

TEST_CASE("spellings of one name are equal, sort and hash alike") {
    CHECK((name("B\u00dcCHER.example.") == name("xn--bcher-kva.EXAMPLE")));
    CHECK((name("a.example") < name("b.example")));
    const std::unordered_set<Name> names{name("A.example"), name("a.example"), name("b.example")};
    CHECK(names.size() == 2);
}
