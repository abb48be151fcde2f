// SPDX-License-Identifier: MIT
// What mta-stsctl check --json prints: fields and types that stay, whatever strangers say.
#include "ctl/check/report.h"

#include <doctest/doctest.h>

#include "tests/ctl/check/check_facts.h"

using ctl::CheckFacts;
using ctl::Json;
using namespace testing_support;

namespace {

/// "name:type" of each field, in order.
std::string fields(const Json& object) {
    std::string out;
    for (const auto& [name, value] : object.items())
        out += (out.empty() ? "" : " ") + name + ":" + value.type_name();
    return out;
}

}  // namespace

TEST_CASE("the fields of a domain that does everything right") {
    CheckFacts facts = good_facts();
    const Json out = report_as_json(facts, judge(facts));
    CHECK(fields(out) ==
          "domain:string verdict:string findings:array record:string id:string policy_host:object "
          "policy:object "
          "mail_hosts:array rua:array");
    CHECK(out["verdict"] == "ok");
    CHECK(fields(out["policy_host"]) ==
          "name:string addresses:array status:number media_type:string tls:object");
    CHECK(fields(out["policy_host"]["tls"]) == "version:string expires:string names:array");
    CHECK(fields(out["policy"]) == "mode:string max_age:number mx:array lax:array body:string");
    REQUIRE(out["mail_hosts"].size() == 2);
    CHECK(fields(out["mail_hosts"][0]) ==
          "name:string preference:number addresses:array allowed:boolean tls:object dane:string");
    for (const Json& finding : out["findings"]) {
        CHECK(finding["verdict"] == "ok");
        CHECK(finding.count("remedy") == 0);
    }
}

TEST_CASE("the fields of a domain with nothing") {
    CheckFacts facts(name("a.example"));
    facts.now = kNow;
    sts::FetchFailure none;
    none.cls = sts::FetchFailure::Class::kDns;
    none.detail = -1;
    facts.found.policy_state = sts::Found::PolicyState::kFailed;
    facts.found.failure = none;
    const Json out = report_as_json(facts, judge(facts));
    CHECK(fields(out) == "domain:string verdict:string findings:array policy_host:object mail_hosts:array");
    CHECK(out["verdict"] == "wrong");
    for (const Json& finding : out["findings"])
        CHECK(fields(finding) == "verdict:string point:string text:string" +
                                     std::string(finding["verdict"] == "ok" ? "" : " remedy:string"));
}

TEST_CASE("a finding about a mail host names it") {
    CheckFacts facts = good_facts();
    facts.hosts[1].probes[0].result.tls.name_fits = false;
    const Json out = report_as_json(facts, judge(facts));
    CHECK(out["verdict"] == "wrong");
    std::size_t wrong = 0;
    for (const Json& finding : out["findings"]) {
        if (finding["verdict"] != "wrong") continue;
        ++wrong;
        CHECK(fields(finding) == "verdict:string point:string text:string host:string remedy:string");
        CHECK(finding["host"] == "mx.b.example");
    }
    CHECK(wrong == 1);
}
