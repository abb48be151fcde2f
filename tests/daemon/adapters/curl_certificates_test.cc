// SPDX-License-Identifier: MIT
// Which certificates a policy host may show: RFC 8461 3.3 with RFC 6125, as behaviour of the fetcher.
#include <doctest/doctest.h>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using curl_test::kHost;
using curl_test::trusted_ca;
using testing_support::CertificateRequest;
using testing_support::Identity;
using testing_support::LoopbackHttps;
using testing_support::ok_response;
using testing_support::respond;
using testing_support::TestCa;

namespace {

CertificateRequest with_dns(std::vector<std::string> names) {
    CertificateRequest request;
    request.dns = std::move(names);
    return request;
}

Identity named(std::vector<std::string> names) {
    return trusted_ca().issue(with_dns(std::move(names)));
}

Identity common_name_and(std::vector<std::string> dns, std::vector<std::string> email,
                         std::vector<std::string> ip) {
    CertificateRequest request = with_dns(std::move(dns));
    request.common_name = kHost;
    request.email = std::move(email);
    request.ip = std::move(ip);
    return trusted_ca().issue(request);
}

Identity valid(int from_days, int to_days) {
    CertificateRequest request = with_dns({kHost});
    request.valid_from_days = from_days;
    request.valid_to_days = to_days;
    return trusted_ca().issue(request);
}

Identity for_clients() {
    CertificateRequest request = with_dns({kHost});
    request.for_clients = true;
    return trusted_ca().issue(request);
}

}  // namespace

TEST_CASE("the certificate decides") {
    const TestCa stranger;
    struct Row {
        const char* what;
        const char* outcome;
        std::function<Identity()> identity;
    };
    const Row rows[] = {
        {"the name as SAN", "200", [] { return named({kHost}); }},
        {"the name in other case", "200", [] { return named({"MTA-STS.Example.TEST"}); }},
        {"the name among others", "200",
         [] {
             return named({"a.test", kHost, "b.test"});
         }},
        {"* as the whole first label", "200", [] { return named({"*.example.test"}); }},
        {"* for two labels", "tls-name-mismatch 62", [] { return named({"*.test"}); }},
        {"* in the second label", "tls-name-mismatch 62", [] { return named({"mta-sts.*.test"}); }},
        {"* within the first label", "tls-name-mismatch 62", [] { return named({"mta-s*.example.test"}); }},
        {"* before the rest of the label", "tls-name-mismatch 62",
         [] { return named({"*-sts.example.test"}); }},
        {"only the domain", "tls-name-mismatch 62", [] { return named({"example.test"}); }},
        {"another host", "tls-name-mismatch 62", [] { return named({"www.example.test"}); }},
        {"CN without SAN", "tls-name-mismatch 62", [] { return common_name_and({}, {}, {}); }},
        {"CN, SAN of type email", "tls-name-mismatch 62",
         [] { return common_name_and({}, {"a@b.test"}, {}); }},
        {"CN, SAN of type IP", "tls-name-mismatch 62", [] { return common_name_and({}, {}, {"127.0.0.1"}); }},
        {"CN, SAN of another host", "tls-name-mismatch 62",
         [] { return common_name_and({"www.example.test"}, {}, {}); }},
        {"expired", "tls-expired 10", [] { return valid(-30, -1); }},
        {"not yet valid", "tls-expired 9", [] { return valid(1, 30); }},
        {"self-signed", "tls-untrusted 18", [] { return TestCa::self_signed(with_dns({kHost})); }},
        {"unknown root, sent along", "tls-untrusted 19",
         [&] { return stranger.issue_with_root(with_dns({kHost})); }},
        {"unknown root", "tls-untrusted 20", [&] { return stranger.issue(with_dns({kHost})); }},
        {"missing intermediate", "tls-untrusted 20",
         [] { return trusted_ca().issue_without_intermediate(with_dns({kHost})); }},
        {"not for servers", "tls-other 26", [] { return for_clients(); }},
    };
    Fixture f;
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        const LoopbackHttps server(row.identity(), respond(ok_response("x")));
        const auto outcome = f.fetch(server);
        CHECK(describe(outcome) == row.outcome);
        CHECK(server.requests().size() == (outcome ? 1 : 0));
        CHECK(server.accepted() == 1);
    }
}

TEST_CASE("TLS before 1.2 is refused, 1.2 is not") {
    Fixture f;
    for (const auto& row : {std::pair{TLS1_1_VERSION, "tls-other 0"}, std::pair{TLS1_2_VERSION, "200"}}) {
        CAPTURE(row.first);
        LoopbackHttps::Options options;
        options.highest_tls = row.first;
        const LoopbackHttps server(good_identity(), respond(ok_response("x")), options);
        CHECK(describe(f.fetch(server)) == row.second);
    }
}

TEST_CASE("a certificate is looked at anew on each connection") {
    // The server would resume a session of the first; the second fetch no longer trusts its CA.
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
    CHECK(describe(f.fetch(fetcher, f.request())) == "200");
    f.ca_file.replace(TestCa().pem());
    CHECK(fetcher.reload(f.options(server.port())) == std::nullopt);
    CHECK(describe(f.fetch(fetcher, f.request())) == "tls-untrusted 20");
    CHECK(server.accepted() == 2);
}

TEST_CASE("the host is named to the server, in SNI and Host") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    CHECK(describe(f.fetch(server)) == "200");
    CHECK(server.server_names() == std::vector<std::string>{kHost});
    CHECK(server.requests().at(0).find("Host: mta-sts.example.test:") != std::string::npos);
}
