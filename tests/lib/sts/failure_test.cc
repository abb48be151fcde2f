// SPDX-License-Identifier: MIT
#include "lib/sts/failure.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lib/dns/records.h"

using Class = sts::FetchFailure::Class;

TEST_CASE("each class of failure has its name and its RFC 8460 4.3 result type") {
    struct Case {
        Class cls;
        std::string name, result;
    };
    const std::vector<Case> cases{
        {Class::kDns, "dns", "sts-policy-fetch-error"},
        {Class::kAddressRefused, "address-refused", "sts-policy-fetch-error"},
        {Class::kConnect, "connect", "sts-policy-fetch-error"},
        {Class::kTimeout, "timeout", "sts-policy-fetch-error"},
        {Class::kTlsUntrusted, "tls-untrusted", "sts-webpki-invalid"},
        {Class::kTlsExpired, "tls-expired", "sts-webpki-invalid"},
        {Class::kTlsNameMismatch, "tls-name-mismatch", "sts-webpki-invalid"},
        {Class::kTlsOther, "tls-other", "sts-webpki-invalid"},
        {Class::kHttpStatus, "http-status", "sts-policy-fetch-error"},
        {Class::kMediaType, "media-type", "sts-policy-fetch-error"},
        {Class::kTooLarge, "too-large", "sts-policy-fetch-error"},
        {Class::kSyntax, "syntax", "sts-policy-invalid"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(sts::to_string(c.cls) == c.name);
        CHECK(sts::tlsrpt_result(c.cls) == c.result);
    }
}

TEST_CASE("what the fetcher reports becomes a class, with the number where it has a meaning") {
    using Kind = https::FetchError::Kind;
    struct Case {
        Kind kind;
        std::string text;
    };
    const std::vector<Case> cases{
        {Kind::kConnect, "connect"},
        {Kind::kTimeout, "timeout"},
        {Kind::kTlsUntrusted, "tls-untrusted: X.509 verification code 20"},
        {Kind::kTlsExpired, "tls-expired: X.509 verification code 20"},
        {Kind::kTlsNameMismatch, "tls-name-mismatch: X.509 verification code 20"},
        {Kind::kTlsOther, "tls-other: X.509 verification code 20"},
        {Kind::kTooLarge, "too-large"},
        {Kind::kHttp, "http-status: not HTTP"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        CHECK(sts::describe(sts::failure_of(https::FetchError{c.kind, 20, "text"})) == c.text);
    }
    CHECK(sts::describe(sts::failure_of(https::FetchError{Kind::kTlsOther, 0, ""})) == "tls-other");
}

TEST_CASE("why a body is no policy survives in one number") {
    using Kind = sts::PolicyError::Kind;
    struct Case {
        sts::PolicyError error;
        std::string text;
    };
    const std::vector<Case> cases{
        {{Kind::kSyntax, 3}, "syntax: line 3: outside the grammar"},
        {{Kind::kBadUtf8, 65535}, "syntax: line 65535: not UTF-8"},
        {{Kind::kBadMode, 70000}, "syntax: line 65535: mode is not enforce, testing or none"},
        {{Kind::kNoUsableMx, 0}, "syntax: no usable mx"},
        {{Kind::kTooLong, 0}, "too-large"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        CHECK(sts::describe(sts::failure_of(c.error)) == c.text);
    }
}

TEST_CASE("the failures that discovery finds itself, for people") {
    using Kind = dns::LookupError::Kind;
    const auto of_dns = [](Kind kind) {
        return sts::FetchFailure{Class::kDns, static_cast<std::int32_t>(kind)};
    };
    CHECK(sts::describe(of_dns(Kind::kTimeout)) == "dns: timeout");
    CHECK(sts::describe(of_dns(Kind::kServerFailure)) == "dns: server failure");
    CHECK(sts::describe(of_dns(Kind::kUnreachable)) == "dns: no server reachable");
    CHECK(sts::describe(of_dns(Kind::kMalformed)) == "dns: malformed answer");
    CHECK(sts::describe(of_dns(Kind::kOverloaded)) == "dns: too many lookups");
    CHECK(sts::describe(sts::FetchFailure{Class::kDns, -1}) == "dns: no address");
    CHECK(sts::describe(sts::FetchFailure{Class::kHttpStatus, 404}) == "http-status: 404");
    CHECK(sts::describe(sts::FetchFailure{Class::kAddressRefused, 0}) == "address-refused");
    CHECK(sts::describe(sts::FetchFailure{Class::kMediaType, 0}) == "media-type");
}
