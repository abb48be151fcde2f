// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ctl {

/// One point of a check, and what to do about it.
struct Finding {
    enum class Verdict { kOk, kWarning, kWrong };
    Verdict verdict = Verdict::kOk;
    std::string point;  ///< "map", "ca": stable, for scripts
    std::string text;
    std::string remedy;  ///< empty where all is well
    std::string host{};  ///< the mail host it is about; empty: none in particular
    friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

/// "ok", "warning", "wrong".
std::string_view to_string(Finding::Verdict verdict);

/// The worst of all; kOk where there is none.
Finding::Verdict worst(const Findings& findings);

}  // namespace ctl
