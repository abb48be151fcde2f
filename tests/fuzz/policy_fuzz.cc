// SPDX-License-Identifier: MIT
// Input: the body of a policy file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "lib/base/ascii.h"
#include "lib/sts/failure.h"
#include "lib/sts/mx_pattern.h"
#include "lib/sts/policy.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool same(const sts::Policy& a, const sts::Policy& b) {
    if (a.mode != b.mode || a.max_age != b.max_age || a.mx.size() != b.mx.size() ||
        a.lax.size() != b.lax.size())
        return false;
    for (std::size_t i = 0; i < a.mx.size(); ++i)
        if (a.mx[i].offset != b.mx[i].offset || a.mx[i].length != b.mx[i].length) return false;
    for (std::size_t i = 0; i < a.lax.size(); ++i)
        if (a.lax[i].kind != b.lax[i].kind || a.lax[i].line != b.lax[i].line) return false;
    return true;
}

void check_policy(const sts::Policy& policy, std::string_view body) {
    require(body.size() <= sts::kMaxPolicyBytes);
    require(policy.max_age <= sts::kMaxMaxAge);
    require(policy.mode == sts::Mode::kNone || !policy.mx.empty());
    require(policy.lax.size() <= sts::kMaxLaxReasons);
    std::set<std::string> seen;
    for (const sts::MxSpan& span : policy.mx) {
        require(std::size_t{span.offset} + span.length <= body.size());
        require(sts::judge_mx(span.in(body)) == sts::MxVerdict::kUsable);
        require(seen.insert(base::to_lower(span.in(body))).second);
    }
    for (const sts::LaxReason& reason : policy.lax) {
        require(reason.line > 0);
        require(!sts::describe(reason).empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto policy = sts::parse_policy(body);
    const auto again = sts::parse_policy(std::string(body));
    require(policy.has_value() == again.has_value());
    sts::for_each_policy_line(body, [](std::string_view line) { require(!line.empty()); });
    if (policy) {
        require(same(*policy, *again));
        check_policy(*policy, body);
    } else {
        require(policy.error().kind == again.error().kind && policy.error().line == again.error().line);
        require(!sts::describe(policy.error()).empty());
        require(!sts::describe(sts::failure_of(policy.error())).empty());
    }
    return 0;
}
