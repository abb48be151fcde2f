// SPDX-License-Identifier: MIT
#include "lib/sts/failure.h"

#include <algorithm>

#include "lib/dns/records.h"

namespace sts {
namespace {

using Class = FetchFailure::Class;

constexpr std::int32_t kLineRange = 65536;

FetchFailure::Class class_of(https::FetchError::Kind kind) {
    using Kind = https::FetchError::Kind;
    switch (kind) {
        case Kind::kConnect:
            return Class::kConnect;
        case Kind::kTimeout:
            return Class::kTimeout;
        case Kind::kTlsUntrusted:
            return Class::kTlsUntrusted;
        case Kind::kTlsExpired:
            return Class::kTlsExpired;
        case Kind::kTlsNameMismatch:
            return Class::kTlsNameMismatch;
        case Kind::kTlsOther:
            return Class::kTlsOther;
        case Kind::kTooLarge:
            return Class::kTooLarge;
        case Kind::kHttp:
            return Class::kHttpStatus;
    }
    return Class::kConnect;
}

bool is_tls(Class cls) {
    return cls == Class::kTlsUntrusted || cls == Class::kTlsExpired || cls == Class::kTlsNameMismatch ||
           cls == Class::kTlsOther;
}

std::string dns_text(std::int32_t detail) {
    using Kind = dns::LookupError::Kind;
    switch (detail) {
        case -1:
            return "no address";
        case static_cast<std::int32_t>(Kind::kTimeout):
            return "timeout";
        case static_cast<std::int32_t>(Kind::kServerFailure):
            return "server failure";
        case static_cast<std::int32_t>(Kind::kUnreachable):
            return "no server reachable";
        case static_cast<std::int32_t>(Kind::kMalformed):
            return "malformed answer";
        case static_cast<std::int32_t>(Kind::kOverloaded):
            return "too many lookups";
        default:
            return {};
    }
}

PolicyError policy_error(std::int32_t detail) {
    return PolicyError{static_cast<PolicyError::Kind>(detail / kLineRange),
                       static_cast<std::uint32_t>(detail % kLineRange)};
}

// What the number says; empty where it says nothing.
std::string detail_text(const FetchFailure& failure) {
    switch (failure.cls) {
        case Class::kDns:
            return dns_text(failure.detail);
        case Class::kTlsUntrusted:
        case Class::kTlsExpired:
        case Class::kTlsNameMismatch:
        case Class::kTlsOther:
            return failure.detail == 0 ? "" : "X.509 verification code " + std::to_string(failure.detail);
        case Class::kHttpStatus:
            return failure.detail == 0 ? "not HTTP" : std::to_string(failure.detail);
        case Class::kSyntax:
            return describe(policy_error(failure.detail));
        case Class::kAddressRefused:
        case Class::kConnect:
        case Class::kTimeout:
        case Class::kMediaType:
        case Class::kTooLarge:
            return {};
    }
    return {};
}

}  // namespace

FetchFailure failure_of(const https::FetchError& error) {
    const Class cls = class_of(error.kind);
    return FetchFailure{cls, is_tls(cls) ? error.detail : 0};
}

FetchFailure failure_of(const PolicyError& error) {
    if (error.kind == PolicyError::Kind::kTooLong) return FetchFailure{Class::kTooLarge, 0};
    const auto line = static_cast<std::int32_t>(std::min<std::uint32_t>(error.line, kLineRange - 1));
    return FetchFailure{Class::kSyntax, static_cast<std::int32_t>(error.kind) * kLineRange + line};
}

std::string_view to_string(FetchFailure::Class cls) {
    switch (cls) {
        case Class::kDns:
            return "dns";
        case Class::kAddressRefused:
            return "address-refused";
        case Class::kConnect:
            return "connect";
        case Class::kTimeout:
            return "timeout";
        case Class::kTlsUntrusted:
            return "tls-untrusted";
        case Class::kTlsExpired:
            return "tls-expired";
        case Class::kTlsNameMismatch:
            return "tls-name-mismatch";
        case Class::kTlsOther:
            return "tls-other";
        case Class::kHttpStatus:
            return "http-status";
        case Class::kMediaType:
            return "media-type";
        case Class::kTooLarge:
            return "too-large";
        case Class::kSyntax:
            return "syntax";
    }
    return "connect";
}

std::string_view tlsrpt_result(FetchFailure::Class cls) {
    // RFC 8460 4.3.2.2: the policy host's certificate, the policy's text, and everything else of the fetch.
    if (is_tls(cls)) return "sts-webpki-invalid";
    return cls == Class::kSyntax ? "sts-policy-invalid" : "sts-policy-fetch-error";
}

std::string describe(const FetchFailure& failure) {
    std::string text(to_string(failure.cls));
    if (const std::string detail = detail_text(failure); !detail.empty()) text += ": " + detail;
    return text;
}

}  // namespace sts
