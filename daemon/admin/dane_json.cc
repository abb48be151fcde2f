// SPDX-License-Identifier: MIT
#include "daemon/admin/dane_json.h"

namespace app {
namespace {

using Json = nlohmann::ordered_json;

Json host_json(const dane::Host& host) {
    Json out;
    out["host"] = host.name;
    out["preference"] = host.preference;
    out["status"] = dane::to_string(host.status);
    if (!host.base_domain.empty()) out["tlsa_base_domain"] = host.base_domain;
    if (host.status == dane::Host::Status::kFailed) out["error"] = dns::describe(host.error);
    return out;
}

}  // namespace

Json survey_json(const dane::Findings& findings, std::optional<base::MonoTime> until, base::MonoTime now) {
    Json out;
    out["state"] = dane::to_string(findings.state);
    out["mx_secure"] = findings.mx_secure;
    if (findings.error) out["error"] = dns::describe(*findings.error);
    out["hosts"] = Json::array();
    for (const dane::Host& host : findings.hosts)
        out["hosts"].push_back(host_json(host));
    if (findings.left_out) out["left_out"] = "a host whose lookup failed, since another one decides";
    if (until) out["renewed_in_s"] = (*until - now).count() / 1000;
    return out;
}

Json dane_cell_json(const policy::Verdict& verdict) {
    if (!verdict.survey) return nullptr;
    Json out = {{"survey", dane::to_string(*verdict.survey)},
                {"policy", verdict.enforced ? "enforce" : "otherwise"}};
    if (const std::string_view lost = policy::given_up(verdict); !lost.empty()) out["given_up"] = lost;
    return out;
}

}  // namespace app
