// SPDX-License-Identifier: MIT
#include <cstdio>

#include "ctl/command.h"
#include "ctl/control_client.h"
#include "ctl/read_input.h"
#include "lib/sts/policy.h"

namespace ctl {
namespace {

void print_json(const std::string& body, const base::Result<sts::Policy, sts::PolicyError>& policy) {
    Json out;
    out["valid"] = policy.has_value();
    if (policy) {
        out["mode"] = sts::to_string(policy->mode);
        out["max_age"] = policy->max_age;
        out["mx"] = Json::array();
        for (const sts::MxSpan& mx : policy->mx)
            out["mx"].push_back(std::string(mx.in(body)));
        out["lax"] = Json::array();
        for (const sts::LaxReason& reason : policy->lax)
            out["lax"].push_back(sts::describe(reason));
    } else {
        out["error"] = sts::describe(policy.error());
    }
    std::printf("%s\n", out.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
}

void print_text(const std::string& body, const base::Result<sts::Policy, sts::PolicyError>& policy) {
    if (!policy) {
        std::printf("invalid: %s\n", sts::describe(policy.error()).c_str());
        return;
    }
    std::printf("valid%s\n", policy->lax.empty() ? "" : ", with lenience");
    std::printf("mode: %s\n", std::string(sts::to_string(policy->mode)).c_str());
    std::printf("max_age: %u\n", static_cast<unsigned>(policy->max_age));
    for (const sts::MxSpan& mx : policy->mx)
        std::printf("mx: %s\n", std::string(mx.in(body)).c_str());
    for (const sts::LaxReason& reason : policy->lax)
        std::printf("lax: %s\n", sts::describe(reason).c_str());
}

}  // namespace

int check_policy(const Invocation& invocation) {
    const std::string body = read_input(invocation.arguments[0]);
    const auto policy = sts::parse_policy(body);
    if (invocation.json) {
        print_json(body, policy);
    } else {
        print_text(body, policy);
    }
    if (!policy) return kCouldNot;
    return policy->lax.empty() ? kFine : kFoundWrong;
}

}  // namespace ctl
