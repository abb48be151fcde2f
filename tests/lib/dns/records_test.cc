// SPDX-License-Identifier: MIT
#include "lib/dns/records.h"

#include <doctest/doctest.h>

#include <string_view>

TEST_CASE("a failed lookup says why") {
    using Kind = dns::LookupError::Kind;
    const struct {
        dns::LookupError error;
        std::string_view text;
    } rows[] = {
        {{Kind::kTimeout, 0}, "timeout"},
        {{Kind::kServerFailure, 2}, "SERVFAIL"},
        {{Kind::kServerFailure, 5}, "REFUSED"},
        {{Kind::kServerFailure, 1}, "FORMERR"},
        {{Kind::kServerFailure, 9}, "rcode 9"},
        {{Kind::kServerFailure, 0}, "rcode 0"},
        {{Kind::kUnreachable, 0}, "no DNS server reachable"},
        {{Kind::kMalformed, 0}, "malformed answer"},
        {{Kind::kOverloaded, 0}, "too many lookups"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(dns::describe(row.error) == row.text);
    }
}
