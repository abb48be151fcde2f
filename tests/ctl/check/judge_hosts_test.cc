// SPDX-License-Identifier: MIT
// mta-stsctl check: what is said of a domain's mail hosts, their TLS, certificates and TLSA records.
#include <doctest/doctest.h>

#include "ctl/check/tlsa_match.h"
#include "tests/ctl/check/check_facts.h"

using ctl::CheckFacts;
using ctl::MailHostFacts;
using ctl::ProbeResult;
using ctl::SmtpDialogue;
using ctl::TlsFacts;
using Status = dane::Host::Status;
using namespace testing_support;

namespace {

struct Row {
    const char* what;
    std::function<void(CheckFacts&)> change;
    std::string complaints;
    std::string words;
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

void set_mx(CheckFacts& facts, std::vector<dns::Mx> records, std::vector<MailHostFacts> hosts) {
    dns::Answer<dns::Mx> answer;
    answer.records = std::move(records);
    facts.mx = answer;
    facts.hosts = std::move(hosts);
    // Patterns that fit nothing are another test's.
    set_policy(facts, "version: STSv1\nmode: none\nmax_age: 86400\n");
}

std::function<void(CheckFacts&)> probe(ProbeResult::State state, bool connected = false) {
    return [=](CheckFacts& f) {
        ProbeResult& result = f.hosts[0].probes[0].result;
        result = {};
        result.state = state;
        result.connected = connected;
        result.text = "this is why";
    };
}

std::function<void(CheckFacts&)> smtp(SmtpDialogue::Failure failure) {
    return [=](CheckFacts& f) {
        probe(ProbeResult::State::kSmtp, true)(f);
        f.hosts[0].probes[0].result.smtp = failure;
        f.hosts[0].probes[0].result.text = "454 no";
    };
}

std::function<void(CheckFacts&)> tls(const std::function<void(TlsFacts&)>& change) {
    return [=](CheckFacts& f) { change(f.hosts[0].probes[0].result.tls); };
}

}  // namespace

TEST_CASE("MX records and mail hosts") {
    const std::string mode = "warning:mode";
    check_rows({
        {"SERVFAIL",
         [](CheckFacts& f) {
             f.mx = base::Unexpected(dns::LookupError{dns::LookupError::Kind::kServerFailure, 2});
             f.hosts.clear();
         },
         "wrong:mx", "SERVFAIL"},
        {"null MX",
         [](CheckFacts& f) {
             set_mx(f, {{0, ""}}, {});
         },
         mode + " warning:mx", "takes no mail"},
        {"null MX beside another",
         [](CheckFacts& f) {
             set_mx(f, {{0, ""}, {10, "mx.a.example"}}, {mail_host("mx.a.example")});
         },
         mode + " wrong:mx", "one or the other"},
        {"no MX, an address", [](CheckFacts& f) { set_mx(f, {}, {mail_host("a.example", 0)}); },
         mode + " warning:mx", "a.example itself is the mail host"},
        {"no MX, no address",
         [](CheckFacts& f) {
             set_mx(f, {}, {mail_host("a.example", 0)});
             f.hosts[0].addresses = {};
             f.hosts[0].probes.clear();
             f.hosts[0].survey.status = Status::kNoAddress;
         },
         mode + " wrong:mx", "neither MX records nor an address"},
        {"an address in the MX record",
         [](CheckFacts& f) {
             set_mx(f, {{10, "192.0.2.1"}}, {mail_host("192.0.2.1")});
             f.hosts[0].is_name = false;
             f.hosts[0].probes.clear();
         },
         mode + " wrong:mx-host", "\"192.0.2.1\" is no name"},
        {"a host without an address",
         [](CheckFacts& f) {
             f.hosts[0].addresses = {};
             f.hosts[0].probes.clear();
         },
         "wrong:mx-host", "mx.a.example has no address"},
        {"a host that the DNS does not tell",
         [](CheckFacts& f) {
             f.hosts[0].addresses = {};
             f.hosts[0].addresses.error = dns::LookupError{dns::LookupError::Kind::kTimeout, 0};
             f.hosts[0].probes.clear();
         },
         "wrong:mx-host", "timeout"},
        {"a private address",
         [](CheckFacts& f) {
             f.hosts[0].addresses.usable.clear();
             f.hosts[0].probes.clear();
         },
         "wrong:mx-host", "no public address"},
        {"an alias", [](CheckFacts& f) { f.hosts[0].addresses.alias = "other.example"; }, "warning:mx-host",
         "is an alias (CNAME) of other.example"},
    });
}

TEST_CASE("STARTTLS: how it fails, and whether that is the domain's fault") {
    using State = ProbeResult::State;
    using Failure = SmtpDialogue::Failure;
    check_rows({
        {"refused", probe(State::kNoConnection), "wrong:starttls",
         "no connection to mx.a.example on port 25"},
        {"one is silent, the other not", probe(State::kNoAnswer), "wrong:starttls", "firewall of that host"},
        {"all are silent",
         [](CheckFacts& f) {
             probe(State::kNoAnswer)(f);
             f.hosts[1].probes = f.hosts[0].probes;
         },
         "warning:starttls warning:starttls", "perhaps the network here lets no mail out"},
        {"all accept and say nothing",
         [](CheckFacts& f) {
             probe(State::kNoAnswer, true)(f);
             f.hosts[1].probes = f.hosts[0].probes;
         },
         "wrong:starttls wrong:starttls", "this is why"},
        {"no route", probe(State::kNoRoute), "warning:starttls",
         "no way leads to 9.9.9.9 -> run this from a host that has a way there"},
        {"IPv6 only, and none here",
         [](CheckFacts& f) {
             probe(State::kNoRoute)(f);
             f.hosts[0].addresses = addresses("2620:fe::fe");
         },
         "warning:starttls", "no way leads to 2620:fe::fe -> run this where there is IPv6"},
        {"IPv6 beside IPv4, and none here",
         [](CheckFacts& f) {
             f.hosts[0].probes.push_back({address("2620:fe::fe"), {}});
             f.hosts[0].probes[1].result.state = State::kNoRoute;
         },
         "", "mx.a.example offers STARTTLS"},
        {"IPv6 is refused",
         [](CheckFacts& f) {
             f.hosts[0].probes.push_back({address("2620:fe::fe"), {}});
             f.hosts[0].probes[1].result.state = State::kNoConnection;
         },
         "wrong:starttls", "no connection to mx.a.example on port 25:  (at 2620:fe::fe)"},
        {"all IPv6 is silent",
         [](CheckFacts& f) {
             f.hosts[0].probes.push_back({address("2620:fe::fe"), {}});
             f.hosts[0].probes[1].result.state = State::kNoAnswer;
         },
         "warning:starttls", "perhaps the network here lets no mail out (at 2620:fe::fe)"},
        {"two addresses, two certificates",
         [](CheckFacts& f) {
             f.hosts[0].probes.push_back(f.hosts[0].probes[0]);
             f.hosts[0].probes[1].result.tls.name_fits = false;
             f.hosts[0].probes[1].address = address("9.9.9.10");
         },
         "wrong:mx-certificate", "(at 9.9.9.10)"},
        {"two addresses, all the same",
         [](CheckFacts& f) {
             f.hosts[0].probes[0].result.tls.name_fits = false;
             f.hosts[0].probes.push_back({address("9.9.9.10"), f.hosts[0].probes[0].result});
         },
         "wrong:mx-certificate", "other names"},
        {"a handshake that fails", probe(State::kHandshake, true), "wrong:starttls", "this is why"},
        {"turned away", smtp(Failure::kTurnedAway), "warning:starttls", "turns this host away: \"454 no\""},
        {"no EHLO", smtp(Failure::kEhlo), "wrong:starttls", "refuses EHLO"},
        {"no STARTTLS", smtp(Failure::kNoStartTls), "wrong:starttls", "does not offer STARTTLS"},
        {"454", smtp(Failure::kRefused), "wrong:starttls", "then refuses it: \"454 no\""},
        {"injected", smtp(Failure::kInjected), "wrong:starttls", "more in clear text"},
        {"endless", smtp(Failure::kTooLong), "wrong:starttls", "does not speak SMTP"},
        {"not SMTP", smtp(Failure::kNotSmtp), "wrong:starttls", "does not speak SMTP"},
    });
}

TEST_CASE("certificates: trust, time and names, each by itself") {
    const std::string wrong = "wrong:mx-certificate";
    const auto untrusted = [](TlsFacts& t) { t.verify_error = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY; };
    check_rows({
        {"right", [](CheckFacts&) {}, "", "TLSv1.3, for mx.a.example, trusted until 2027-03-16"},
        {"signed by itself",
         tls([](TlsFacts& t) { t.verify_error = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT; }), wrong,
         "by itself"},
        {"a CA of its own", tls([](TlsFacts& t) { t.verify_error = X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN; }),
         wrong, "CA that is not trusted here"},
        {"no intermediate", tls([&](TlsFacts& t) {
             untrusted(t);
             t.chain.resize(1);
         }),
         wrong, "full chain"},
        {"intermediates that lead nowhere", tls(untrusted), wrong, "leads to no CA"},
        {"expired", tls([](TlsFacts& t) {
             t.verify_error = X509_V_ERR_CERT_HAS_EXPIRED;
             t.not_after = kNow - kDay;
         }),
         wrong, "has expired on 2027-01-14"},
        {"an intermediate has expired",
         tls([](TlsFacts& t) { t.verify_error = X509_V_ERR_CERT_HAS_EXPIRED; }), wrong,
         "intermediate that has expired"},
        {"not yet valid", tls([](TlsFacts& t) {
             t.verify_error = X509_V_ERR_CERT_NOT_YET_VALID;
             t.not_before = kNow + kDay;
         }),
         wrong, "not valid before"},
        {"for clients", tls([](TlsFacts& t) { t.verify_error = X509_V_ERR_INVALID_PURPOSE; }), wrong,
         "purpose"},
        {"another name", tls([](TlsFacts& t) {
             t.name_fits = false;
             t.names = {"www.a.example", "a.example"};
         }),
         wrong, "other names: www.a.example, a.example -> get one with the DNS name mx.a.example"},
        {"many other names", tls([](TlsFacts& t) {
             t.name_fits = false;
             t.names.assign(9, "x.example");
         }),
         wrong, "and 4 more"},
        {"a common name alone", tls([](TlsFacts& t) {
             t.name_fits = false;
             t.names.clear();
             t.common_name = "mx.a.example";
         }),
         wrong, "common name \"mx.a.example\" does not count"},
        {"all of it", tls([](TlsFacts& t) {
             t.verify_error = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
             t.not_after = kNow - kDay;
             t.name_fits = false;
         }),
         wrong + " " + wrong + " " + wrong, "expired"},
        {"two weeks are left of ninety days", tls([](TlsFacts& t) {
             t.not_before = kNow - 77 * kDay;
             t.not_after = kNow + 13 * kDay;
         }),
         "warning:mx-certificate", "expires soon"},
        {"two of six days are left", tls([](TlsFacts& t) {
             t.not_before = kNow - 4 * kDay;
             t.not_after = kNow + 2 * kDay;
         }),
         "", "trusted until"},
    });
}

TEST_CASE("DANE") {
    const auto status = [](Status which) {
        return [which](CheckFacts& f) {
            f.hosts[0].survey.status = which;
            f.hosts[0].survey.base_domain = "mx.a.example";
        };
    };
    const auto usable = [status](const std::string& data) {
        return [=](CheckFacts& f) {
            status(Status::kUsable)(f);
            f.hosts[0].tlsa = {{3, 1, 0, data}};
            f.hosts[0].tlsa[0].matching = 1;
        };
    };
    // SHA2-256 of "key".
    const std::string hex = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
    std::string digest;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        digest += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    check_rows({
        {"none", [](CheckFacts&) {}, "", "has no TLSA records"},
        {"not signed", status(Status::kInsecure), "", "is not signed"},
        {"fits", usable(digest), "", "fit its certificate"},
        {"fits not", usable(std::string(32, 'x')), "wrong:dane",
         "publish at _25._tcp.mx.a.example: TLSA 3 1 1 " + hex},
        {"fits at one address and not at the other",
         [&](CheckFacts& f) {
             usable(digest)(f);
             f.hosts[0].probes.push_back(f.hosts[0].probes[0]);
             f.hosts[0].probes[1].result.tls.chain = {{"own", "another key"}};
         },
         "wrong:dane", "no TLSA record of mx.a.example fits"},
        {"cannot be compared",
         [&](CheckFacts& f) {
             usable(digest)(f);
             smtp(SmtpDialogue::Failure::kNoStartTls)(f);
         },
         "wrong:starttls warning:dane", "could not be compared"},
        {"unusable", status(Status::kUnusable), "wrong:dane", "none of which SMTP can use"},
        {"unknown",
         [&](CheckFacts& f) {
             status(Status::kFailed)(f);
             f.hosts[0].survey.may_bind = true;
             f.hosts[0].survey.error = {dns::LookupError::Kind::kServerFailure, 2};
         },
         "wrong:dane", "SERVFAIL"},
        {"unknown, and nothing follows", status(Status::kFailed), "warning:dane", "could not look"},
        {"the MX records are not signed", [](CheckFacts& f) { f.mx_secure = false; }, "",
         "MX records are not signed"},
        {"the resolver does not validate",
         [&](CheckFacts& f) {
             usable("x")(f);
             f.resolver =
                 dns::SelfTest::Outcome{dns::SelfTest::Verdict::kDoesNotValidate, "com: x", "do this"};
         },
         "warning:resolver", "do this; or name one that does with --resolver"},
        {"unclear",
         [&](CheckFacts& f) {
             f.resolver = dns::SelfTest::Outcome{dns::SelfTest::Verdict::kUnclear, "com: x", "do this"};
         },
         "warning:resolver", "it is unclear"},
    });
}

TEST_CASE("a TLSA record fits the server's own certificate, or with DANE-TA one that it sends") {
    const std::vector<TlsFacts::Certificate> chain = {{"own", "key"}, {"ca", "ca key"}};
    // Full(0) has to be DER, which these are not: digests only. SHA2-256 of "own", SHA2-512 of "ca key" by
    // the code.
    const std::string fits = ctl::fitting_tlsa(chain[1]);
    std::string digest;
    for (std::size_t i = 6; i < fits.size(); i += 2)
        digest += static_cast<char>(std::stoi(fits.substr(i, 2), nullptr, 16));
    CHECK(ctl::some_tlsa_fits({{2, 1, 1, digest}}, chain));
    CHECK_FALSE(ctl::some_tlsa_fits({{3, 1, 1, digest}}, chain));
    CHECK_FALSE(ctl::some_tlsa_fits({{2, 0, 1, digest}}, chain));
    CHECK_FALSE(ctl::some_tlsa_fits({{1, 1, 1, digest}}, chain));
    CHECK_FALSE(ctl::some_tlsa_fits({{2, 1, 1, digest}}, {}));
    CHECK(ctl::some_tlsa_fits({{3, 1, 1, std::string(32, 'x')}, {2, 1, 1, digest}}, chain));
}
