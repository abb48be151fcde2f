// SPDX-License-Identifier: MIT
#include "lib/dane/conclusion.h"

#include <algorithm>

namespace dane {
namespace {

using Status = Host::Status;

bool any(const std::vector<Host>& hosts, Status status) {
    return std::any_of(hosts.begin(), hosts.end(),
                       [status](const Host& host) { return host.status == status; });
}

/// Mail can reach it, and what DNSSEC says of it is known.
bool is_reachable(const Host& host) {
    return host.status != Status::kNoAddress && host.status != Status::kFailed;
}

State with_usable(const Findings& findings) {
    // RFC 7672 2.2.1: over an insecure MX RRset an attacker chooses the hosts.
    if (!findings.mx_secure) return State::kInsecureMx;
    const bool all = std::all_of(findings.hosts.begin(), findings.hosts.end(), [](const Host& host) {
        return !is_reachable(host) || host.status == Status::kUsable;
    });
    return all ? State::kAll : State::kSome;
}

State without_usable(const Findings& findings) {
    const auto& hosts = findings.hosts;
    if (findings.mx_secure && std::any_of(hosts.begin(), hosts.end(), [](const Host& host) {
            return host.status == Status::kFailed && host.may_bind;
        }))
        return State::kUnknown;
    // RFC 7672 2.2: these ask for TLS. A host that fails and could not bind us takes nothing from that.
    if (any(hosts, Status::kUnusable)) return findings.mx_secure ? State::kUnusable : State::kInsecureMx;
    return any(hosts, Status::kFailed) ? State::kIrrelevant : State::kNone;
}

}  // namespace

void conclude(Findings& findings) {
    const bool usable = any(findings.hosts, Status::kUsable);
    findings.state = usable ? with_usable(findings) : without_usable(findings);
    // RFC 7672 2.1.2: a host whose lookups fail is passed over while there are others.
    findings.left_out = !findings.failed() && any(findings.hosts, Status::kFailed);
}

std::string_view to_string(State state) {
    switch (state) {
        case State::kAll:
            return "all";
        case State::kSome:
            return "some";
        case State::kUnusable:
            return "unusable";
        case State::kInsecureMx:
            return "insecure-mx";
        case State::kNone:
            return "none";
        case State::kUnknown:
            return "unknown";
        case State::kMxFailed:
            return "mx-failed";
        case State::kIrrelevant:
            return "irrelevant";
    }
    return "unknown";
}

std::string_view to_string(Host::Status status) {
    switch (status) {
        case Status::kUsable:
            return "usable";
        case Status::kUnusable:
            return "unusable";
        case Status::kNoTlsa:
            return "no-tlsa";
        case Status::kInsecure:
            return "insecure";
        case Status::kNoAddress:
            return "no-address";
        case Status::kFailed:
            return "failed";
    }
    return "failed";
}

}  // namespace dane
