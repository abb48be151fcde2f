// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/dns/name.h"
#include "lib/policy/evidence.h"
#include "lib/sts/policy.h"

namespace testing_support {

inline dns::Name name(std::string_view text) {
    auto parsed = dns::Name::parse(text);
    if (!parsed) throw std::logic_error("no name: " + std::string(text));
    return *parsed;
}

inline const base::WallTime kNoon{base::Seconds{1767268800}};  // 2026-01-01 12:00:00 UTC

inline std::string policy_text(std::string_view mode, std::string_view mx = "mx1.example.com",
                               std::uint32_t max_age = 604800) {
    std::string body = "version: STSv1\nmode: " + std::string(mode) + "\n";
    if (!mx.empty()) body += "mx: " + std::string(mx) + "\n";
    return body + "max_age: " + std::to_string(max_age) + "\n";
}

/// The record of a policy as it was served, fetched at `fetched`, to be fetched again a day later.
inline policy::PolicyRecord policy_record(std::string_view domain, const std::string& body,
                                          base::WallTime fetched = kNoon) {
    auto parsed = sts::parse_policy(body);
    if (!parsed) throw std::logic_error(sts::describe(parsed.error()));
    return {name(domain),
            "20260101000000Z",
            parsed->mode,
            !parsed->lax.empty(),
            parsed->max_age,
            fetched,
            fetched + base::Seconds{86400},
            0,
            0,
            body,
            parsed->mx,
            {},
            {}};
}

inline policy::PolicyRecord enforce_record(std::string_view domain, std::uint32_t max_age = 604800) {
    return policy_record(domain, policy_text("enforce", "mx1.example.com", max_age));
}

}  // namespace testing_support
