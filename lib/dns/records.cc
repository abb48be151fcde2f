// SPDX-License-Identifier: MIT
#include "lib/dns/records.h"

namespace dns {
namespace {

/// The names of RFC 1035 4.1.1 and RFC 6895 2.3 as people know them; empty for the others.
const char* rcode_name(int rcode) {
    switch (rcode) {
        case 1:
            return "FORMERR";
        case 2:
            return "SERVFAIL";
        case 3:
            return "NXDOMAIN";
        case 4:
            return "NOTIMP";
        case 5:
            return "REFUSED";
        default:
            return "";
    }
}

}  // namespace

std::string describe(const LookupError& error) {
    switch (error.kind) {
        case LookupError::Kind::kTimeout:
            return "timeout";
        case LookupError::Kind::kServerFailure: {
            const std::string name = rcode_name(error.rcode);
            return name.empty() ? "rcode " + std::to_string(error.rcode) : name;
        }
        case LookupError::Kind::kUnreachable:
            return "no DNS server reachable";
        case LookupError::Kind::kMalformed:
            return "malformed answer";
        case LookupError::Kind::kOverloaded:
            return "too many lookups";
    }
    return "unknown";
}

}  // namespace dns
