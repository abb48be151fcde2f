// SPDX-License-Identifier: MIT
#include "ctl/finding.h"

#include <algorithm>

namespace ctl {

std::string_view to_string(Finding::Verdict verdict) {
    switch (verdict) {
        case Finding::Verdict::kOk:
            return "ok";
        case Finding::Verdict::kWarning:
            return "warning";
        case Finding::Verdict::kWrong:
            return "wrong";
    }
    return "wrong";
}

Finding::Verdict worst(const Findings& findings) {
    Finding::Verdict out = Finding::Verdict::kOk;
    for (const Finding& finding : findings)
        out = std::max(out, finding.verdict);
    return out;
}

}  // namespace ctl
