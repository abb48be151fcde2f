// SPDX-License-Identifier: MIT
#include "lib/policy/verdict.h"

namespace policy {

std::string_view to_string(Verdict::Level level) {
    switch (level) {
        case Verdict::Level::kNotFound:
            return "notfound";
        case Verdict::Level::kSecure:
            return "secure";
        case Verdict::Level::kTemp:
            return "temp";
        case Verdict::Level::kDane:
            return "dane";
        case Verdict::Level::kDaneOnly:
            return "dane-only";
    }
    return "notfound";
}

std::string_view to_string(Verdict::Source source) {
    switch (source) {
        case Verdict::Source::kPolicy:
            return "policy";
        case Verdict::Source::kPin:
            return "pin";
        case Verdict::Source::kOverride:
            return "override";
        case Verdict::Source::kNoPolicy:
            return "none";
        case Verdict::Source::kKey:
            return "key";
        case Verdict::Source::kDane:
            return "dane";
    }
    return "none";
}

std::string_view given_up(const Verdict& verdict) {
    if (!verdict.survey || !verdict.enforced) return {};
    const bool secure = verdict.level == Verdict::Level::kSecure;
    const bool yields = verdict.level == Verdict::Level::kNotFound;
    switch (*verdict.survey) {
        case dane::State::kAll:
            return "the policy's mx patterns and the certificates' names: TLSA records are checked in their "
                   "place";
        case dane::State::kSome:
            if (yields)
                return "the policy: Postfix delivers to the MX hosts without usable TLSA records as its own "
                       "level "
                       "says";
            return "the MX hosts without usable TLSA records are not delivered to, and the policy's mx "
                   "patterns "
                   "are not checked";
        case dane::State::kInsecureMx:
            return secure
                       ? "the TLSA records of the MX hosts: whoever can forge the unsigned MX records could "
                         "bring his own"
                       : "";
        case dane::State::kMxFailed:
            return secure ? "TLSA records, should there be any: the MX lookup failed" : "";
        case dane::State::kUnusable:
        case dane::State::kNone:
        case dane::State::kUnknown:
        case dane::State::kIrrelevant:
            break;
    }
    return {};
}

}  // namespace policy
