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
    }
    return "none";
}

}  // namespace policy
