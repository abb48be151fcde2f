// SPDX-License-Identifier: MIT
// mta-stsctl check: what is said of a domain's records, policy host and policy.
#include <doctest/doctest.h>

#include "tests/ctl/check/check_facts.h"

using ctl::CheckFacts;
using ctl::ProbeResult;
using Class = sts::FetchFailure::Class;
using namespace testing_support;

namespace {

struct Row {
    const char* what;
    std::function<void(CheckFacts&)> change;
    std::string complaints;
    std::string words;  ///< among all that is said
};

void check_rows(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CheckFacts facts = good_facts();
        row.change(facts);
        const ctl::Findings findings = judge(facts);
        CHECK(complaints(findings) == row.complaints);
        const std::string said = words(findings);
        CAPTURE(said);
        CHECK(said.find(row.words) != std::string::npos);
    }
}

dns::LookupError servfail() {
    return {dns::LookupError::Kind::kServerFailure, 2};
}

}  // namespace

TEST_CASE("the record") {
    check_rows({
        {"all right", [](CheckFacts&) {}, "", "_mta-sts.a.example: v=STSv1; id=1;"},
        {"none", [](CheckFacts& f) { set_record(f, {}); }, "wrong:record",
         "publish a TXT record such as \"v=STSv1;"},
        {"strangers only", [](CheckFacts& f) { set_record(f, {"v=spf1 -all"}); }, "wrong:record",
         "there is no"},
        {"another case", [](CheckFacts& f) { set_record(f, {"V=STSV1; id=1"}); }, "wrong:record",
         "does not count: \"V=STSV1; id=1\""},
        {"quotes in it", [](CheckFacts& f) { set_record(f, {"\"v=STSv1; id=1\""}); }, "wrong:record",
         "begin it with"},
        {"two",
         [](CheckFacts& f) {
             set_record(f, {"v=STSv1; id=1", "v=STSv1; id=2"});
         },
         "wrong:record", "leave one"},
        {"no id", [](CheckFacts& f) { set_record(f, {"v=STSv1;"}); }, "wrong:record", "give it an id"},
        {"an id with a dash", [](CheckFacts& f) { set_record(f, {"v=STSv1; id=2026-01-01"}); },
         "wrong:record", "letters and digits"},
        {"not the grammar", [](CheckFacts& f) { set_record(f, {"v=STSv1; id=1; foo"}); }, "wrong:record",
         "outside the grammar"},
        {"white space", [](CheckFacts& f) { set_record(f, {"v=STSv1 ; id=1"}); }, "warning:record",
         "white space"},
        {"an alias",
         [](CheckFacts& f) {
             dns::Answer<dns::Txt> answer = *f.record;
             answer.canonical = "sts.provider.example";
             f.record = answer;
         },
         "", "(by way of sts.provider.example)"},
        {"SERVFAIL", [](CheckFacts& f) { f.record = base::Unexpected(servfail()); }, "wrong:record",
         "SERVFAIL"},
    });
}

TEST_CASE("the policy host and its file") {
    check_rows({
        {"an alias", [](CheckFacts& f) { f.policy_host.alias = "web.example"; }, "",
         "(by way of web.example)"},
        {"no address",
         [](CheckFacts& f) {
             f.policy_host = {};
             f.policy_probe = {};
             set_failure(f, Class::kDns, -1);
         },
         "wrong:policy-host", "has no address"},
        {"SERVFAIL",
         [](CheckFacts& f) {
             f.policy_host = {};
             f.policy_host.error = servfail();
             set_failure(f, Class::kDns, 1);
         },
         "wrong:policy-host", "SERVFAIL"},
        {"SERVFAIL for one family", [](CheckFacts& f) { f.policy_host.error = servfail(); },
         "warning:policy-host", "one of A and AAAA"},
        {"a private address",
         [](CheckFacts& f) {
             f.policy_host.all = {address("10.0.0.1")};
             f.policy_host.usable = {};
             set_failure(f, Class::kAddressRefused);
         },
         "wrong:policy-host", "no public address: 10.0.0.1"},
        {"a private address beside another",
         [](CheckFacts& f) { f.policy_host.all.push_back(address("10.0.0.1")); }, "warning:policy-host",
         "not public"},
        {"nobody listens",
         [](CheckFacts& f) {
             f.policy_probe = {};
             f.policy_probe.state = ProbeResult::State::kNoConnection;
             f.policy_probe.text = "refused";
             set_failure(f, Class::kConnect);
         },
         "wrong:certificate", "port 443"},
        {"a handshake that fails",
         [](CheckFacts& f) {
             f.policy_probe = {};
             f.policy_probe.state = ProbeResult::State::kHandshake;
             f.policy_probe.text = "unsupported protocol";
             set_failure(f, Class::kTlsOther);
         },
         "wrong:certificate", "unsupported protocol"},
        {"IPv6 only, and none here",
         [](CheckFacts& f) {
             f.policy_probe = {};
             f.policy_probe.state = ProbeResult::State::kNoRoute;
             set_failure(f, Class::kConnect);
         },
         "warning:certificate", "could not look"},
        {"a certificate that is not trusted: said once",
         [](CheckFacts& f) {
             f.policy_probe.tls.verify_error = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
             set_failure(f, Class::kTlsUntrusted);
         },
         "wrong:certificate", "by itself"},
        {"through a proxy the fetch says it",
         [](CheckFacts& f) {
             f.policy_probe = {};
             f.fetch_text = "certificate has expired";
             set_failure(f, Class::kTlsExpired, 10);
         },
         "wrong:policy-file", "certificate has expired"},
        {"a timeout after the handshake", [](CheckFacts& f) { set_failure(f, Class::kTimeout); },
         "wrong:policy-file", "timeout"},
        {"404", [](CheckFacts& f) { set_failure(f, Class::kHttpStatus, 404); }, "wrong:policy-file",
         "https://mta-sts.a.example/.well-known/mta-sts.txt is not there (404)"},
        {"a redirect", [](CheckFacts& f) { set_failure(f, Class::kHttpStatus, 301); }, "wrong:policy-file",
         "redirects (301)"},
        {"forbidden", [](CheckFacts& f) { set_failure(f, Class::kHttpStatus, 403); }, "wrong:policy-file",
         "status 403"},
        {"not HTTP", [](CheckFacts& f) { set_failure(f, Class::kHttpStatus, 0); }, "wrong:policy-file",
         "does not speak HTTP"},
        {"HTML",
         [](CheckFacts& f) {
             f.response->content_type = "text/html";
             set_failure(f, Class::kMediaType);
         },
         "wrong:policy-file", "has the media type \"text/html\""},
        {"compressed",
         [](CheckFacts& f) {
             f.response->content_encoding = "gzip";
             set_failure(f, Class::kMediaType);
         },
         "wrong:policy-file", "comes encoded (gzip)"},
        {"too large", [](CheckFacts& f) { set_failure(f, Class::kTooLarge); }, "wrong:policy-file",
         "65536 bytes"},
    });
}

TEST_CASE("the policy") {
    const auto policy = [](const std::string& body) {
        return [body](CheckFacts& f) { set_policy(f, body); };
    };
    const std::string mx = "mx: mx.a.example\nmx: mx.b.example\n", age = "max_age: 2592000\n";
    check_rows({
        {"CRLF",
         policy(
             "version: STSv1\r\nmode: enforce\r\nmx: *.a.example\r\nmx: *.b.example\r\nmax_age: 2592000\r\n"),
         "", "with 2 mx patterns"},
        {"no policy at all", policy("<html>"), "wrong:policy", "line 1"},
        {"no max_age", policy("version: STSv1\nmode: enforce\n" + mx), "wrong:policy", "no max_age"},
        {"a blank line", policy("version: STSv1\n\nmode: enforce\n" + mx + age), "warning:policy",
         "line 2: blank line"},
        {"a byte order mark", policy("\xEF\xBB\xBFversion: STSv1\nmode: enforce\n" + mx + age),
         "warning:policy", "byte order mark"},
        {"a final dot", policy("version: STSv1\nmode: enforce\nmx: mx.a.example.\nmx: mx.b.example\n" + age),
         "warning:policy", "without the dot"},
        {"an address", policy("version: STSv1\nmode: enforce\nmx: 192.0.2.1\n" + mx + age), "warning:policy",
         "by its DNS name"},
        {"testing", policy("version: STSv1\nmode: testing\n" + mx + "max_age: 86400\n"), "warning:mode",
         "mail comes even where TLS fails"},
        {"none", policy("version: STSv1\nmode: none\nmax_age: 86400\n"), "warning:mode", "switched off"},
        {"a day", policy("version: STSv1\nmode: enforce\n" + mx + "max_age: 86400\n"), "warning:max-age",
         "86400 (1 day)"},
        {"an hour", policy("version: STSv1\nmode: enforce\n" + mx + "max_age: 3600\n"), "warning:max-age",
         "less than a day"},
        {"a week", policy("version: STSv1\nmode: enforce\n" + mx + "max_age: 604800\n"), "", "(7 days)"},
        {"an old pattern", policy("version: STSv1\nmode: enforce\nmx: old.a.example\n" + mx + age),
         "warning:pattern", "mx: old.a.example fits no mail host"},
        {"a host that is missing", policy("version: STSv1\nmode: enforce\nmx: mx.a.example\n" + age),
         "wrong:mx-policy", "add \"mx: mx.b.example\""},
        {"a host that is missing in a test",
         policy("version: STSv1\nmode: testing\nmx: mx.a.example\n" + age), "warning:mode wrong:mx-policy",
         "with mode enforce senders would not"},
    });
}

TEST_CASE("TLSRPT") {
    const auto reports = [](const std::vector<std::string>& texts) {
        return [texts](CheckFacts& f) { set_reports(f, texts); };
    };
    check_rows({
        {"right", [](CheckFacts&) {}, "", "reports go to mailto:tls@a.example"},
        {"none", reports({}), "warning:tlsrpt", "_smtp._tls.a.example such as \"v=TLSRPTv1; rua=mailto:"},
        {"two", reports({"v=TLSRPTv1;rua=mailto:a@b.c", "v=TLSRPTv1;rua=mailto:a@b.c"}), "wrong:tlsrpt",
         "leave one"},
        {"nowhere", reports({"v=TLSRPTv1;"}), "wrong:tlsrpt", "without rua"},
        {"SERVFAIL", [](CheckFacts& f) { f.reports = base::Unexpected(servfail()); }, "warning:tlsrpt",
         "SERVFAIL"},
    });
}
