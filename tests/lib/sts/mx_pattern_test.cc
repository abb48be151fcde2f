// SPDX-License-Identifier: MIT
#include "lib/sts/mx_pattern.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using sts::judge_mx;
using sts::MxVerdict;

namespace {

std::string label(std::size_t length) {
    return std::string(length, 'a');
}

// A name of `length` bytes, at least 4, in labels of at most 63.
std::string name_of(std::size_t length) {
    std::string name;
    while (length - name.size() > 65)
        name += label(63) + ".";
    const std::size_t left = length - name.size();
    return name + label(left - 2) + ".a";
}

}  // namespace

TEST_CASE("RFC 8461 3.2: values that name a host or all hosts below a domain") {
    const std::vector<std::string> cases{
        "mail.example.com",
        "MX.Example.COM",
        "*.example.net",
        "mail.loc",
        "*.com",
        "a.b",
        "1.example",
        "1.2.3.example",
        "mx-1.example.com",
        "a--b.example",
        "xn--aca-6ma.com",
        "mx.xn--p1ai",
        "mx.0x1",
        label(63) + ".example",
        name_of(253),
        "*." + name_of(251),
    };
    for (const std::string& value : cases) {
        CAPTURE(value);
        CHECK(judge_mx(value) == MxVerdict::kUsable);
        const MxVerdict with_dot = judge_mx(value + ".");
        CHECK(with_dot == MxVerdict::kFinalDot);
    }
}

TEST_CASE("RFC 8461 3.2: values that name nothing") {
    const std::vector<std::string> cases{
        // empty, and labels that are
        "",
        ".",
        "..",
        "mx.example.com..",
        "mx..example.com",
        ".example.com",
        "..example.com",
        // a single label
        "localhost",
        "com",
        "com.",
        "*",
        "*.",
        // the wildcard is the whole leftmost label
        "mx-*.example.com",
        "*mx.example.com",
        "*a.com",
        "mx.*.com",
        "mx.example.*",
        "**.example.com",
        "*.*.example.com",
        "a.*",
        "*.*",
        // IP addresses
        "192.0.2.1",
        "192.0.2.1.",
        "*.0.2.1",
        "1.2",
        "[192.0.2.1]",
        "2001:db8::1",
        "[IPv6:2001:db8::1]",
        "::1",
        "mx.example.25",
        // characters
        "mx_1.example.com",
        "_mx.example.com",
        "a.example b.example",
        "a.example,b.example",
        "mail.evil.example:victim.example",
        "a.example } ciphers=null { x",
        "mx.example.com;",
        "mx.example.com/",
        "10 mx.example.com",
        "\"mx.example.com\"",
        "<mx.example.com>",
        "user@mx.example.com",
        "b\xC3\xBC"
        "cher.example",
        "mx.example.com\t",
        " mx.example.com",
        std::string("mx.exa\0mple.com", 15),
        // hyphens
        "-mx.example.com",
        "mx-.example.com",
        "mx.-example.com",
        "mx.example.com-",
        "xn--.example",
        "*.-a.com",
        // RFC 1035 2.3.4
        label(64) + ".example",
        "mx." + label(64),
        name_of(254),
        "*." + name_of(252),
        name_of(254) + ".",
    };
    for (const std::string& value : cases) {
        CAPTURE(value);
        CHECK(judge_mx(value) == MxVerdict::kUnusable);
    }
}

TEST_CASE("RFC 8461 4.1: which MX host fits which pattern") {
    struct Case {
        std::string pattern, host;
        bool fits;
    };
    const std::vector<Case> cases{
        {"mx.example.com", "mx.example.com", true},
        {"MX.Example.com", "mx.eXample.COM", true},
        {"mx.example.com", "mx2.example.com", false},
        {"mx.example.com", "example.com", false},
        {"mx.example.com", "a.mx.example.com", false},
        {"mx.example.com", "mx.example.com.evil.example", false},
        {"mx.example.com", "mxxexample.com", false},
        {"xn--aca-6ma.com", "xn--aca-6ma.com", true},
        // the wildcard stands for one label, no fewer and no more
        {"*.example.com", "mx1.example.com", true},
        {"*.Example.COM", "MX1.example.com", true},
        {"*.example.com", "mx_1.example.com", true},
        {"*.example.com", "example.com", false},
        {"*.example.com", ".example.com", false},
        {"*.example.com", "a.b.example.com", false},
        {"*.example.com", "mail.badexample.com", false},
        {"*.example.com", "badexample.com", false},
        {"*.example.com", "mail.example.com.evil.example", false},
        {"*.com", "example.com", true},
        {"*.com", "mx.example.com", false},
        // what is no host name
        {"*.example.com", "*.example.com", false},
        {"*.example.com", "[192.0.2.1]", false},
        {"*.example.com", "", false},
        {"*.example.com", ".", false},
        {"mx.example.com", "", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.pattern);
        CAPTURE(c.host);
        CHECK(sts::mx_matches(c.pattern, c.host) == c.fits);
    }
}
