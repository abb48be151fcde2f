// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/https/fetcher.h"
#include "lib/sts/policy.h"

namespace sts {

/// Why a policy could not be fetched: the class, which is stable text in logs, metrics and JSON, and one
/// number.
struct FetchFailure {
    enum class Class : std::uint8_t {
        kDns,             ///< detail: dns::LookupError::Kind, or -1 where the policy host has no address
        kAddressRefused,  ///< all its addresses are outside the public Internet and not allowed
        kConnect,
        kTimeout,
        kTlsUntrusted,  ///< detail of the four: X.509 verification code, or 0
        kTlsExpired,
        kTlsNameMismatch,
        kTlsOther,
        kHttpStatus,  ///< detail: the status; 0: not HTTP
        kMediaType,   ///< not text/plain, or an encoded body
        kTooLarge,
        kSyntax,  ///< detail: PolicyError::Kind * 65536 + line
    };
    Class cls = Class::kConnect;
    std::int32_t detail = 0;
    friend bool operator==(const FetchFailure&, const FetchFailure&) = default;
};

FetchFailure failure_of(const https::FetchError& error);
FetchFailure failure_of(const PolicyError& error);

/// "dns", "address-refused", "connect", "timeout", "tls-untrusted", "tls-expired", "tls-name-mismatch",
/// "tls-other", "http-status", "media-type", "too-large", "syntax".
std::string_view to_string(FetchFailure::Class cls);
/// The RFC 8460 4.3 result type: "sts-policy-fetch-error", "sts-webpki-invalid" or "sts-policy-invalid".
std::string_view tlsrpt_result(FetchFailure::Class cls);
/// For people: "http-status: 404", "syntax: line 3: outside the grammar".
std::string describe(const FetchFailure& failure);

}  // namespace sts
