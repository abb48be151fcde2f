// SPDX-License-Identifier: MIT
#include "lib/policy/reason.h"

namespace policy {
namespace {

sts::RecordError record_error(const Reason& reason) {
    return static_cast<sts::RecordError>(reason.code);
}

dns::LookupError lookup_error(const Reason& reason) {
    return {static_cast<dns::LookupError::Kind>(reason.code), reason.detail};
}

sts::FetchFailure fetch_failure(const Reason& reason) {
    return {static_cast<sts::FetchFailure::Class>(reason.code), reason.detail};
}

}  // namespace

Reason Reason::of(sts::RecordError error) {
    if (error == sts::RecordError::kNone) return {Kind::kNoRecord};
    return {Kind::kBadRecord, static_cast<std::uint8_t>(error), 0};
}

Reason Reason::of(const dns::LookupError& error) {
    return {Kind::kDnsFailed, static_cast<std::uint8_t>(error.kind), error.rcode};
}

Reason Reason::of(const sts::FetchFailure& failure) {
    return {Kind::kFetchFailed, static_cast<std::uint8_t>(failure.cls), failure.detail};
}

std::string_view Reason::word() const {
    switch (kind) {
        case Kind::kNone:
            return "none";
        case Kind::kNoRecord:
            return "no-record";
        case Kind::kBadRecord:
            return "bad-record";
        case Kind::kDnsFailed:
            return "dns";
        case Kind::kFetchFailed:
            return sts::to_string(fetch_failure(*this).cls);
        case Kind::kOverloaded:
            return "overloaded";
        case Kind::kTooLate:
            return "too-late";
        case Kind::kDaneUnknown:
            return "dane-unknown";
    }
    return "none";
}

std::string Reason::text() const {
    switch (kind) {
        case Kind::kNone:
            return "none";
        case Kind::kNoRecord:
            return "no record";
        case Kind::kBadRecord:
            return "bad record: " + std::string(sts::to_string(record_error(*this)));
        case Kind::kDnsFailed:
            return "DNS lookup failed: " + dns::describe(lookup_error(*this));
        case Kind::kFetchFailed:
            return "policy fetch failed: " + sts::describe(fetch_failure(*this));
        case Kind::kOverloaded:
            return "overloaded";
        case Kind::kTooLate:
            return "not known in time";
        case Kind::kDaneUnknown:
            return "cannot tell whether DANE applies: a DNS lookup for an MX host failed";
    }
    return "none";
}

}  // namespace policy
