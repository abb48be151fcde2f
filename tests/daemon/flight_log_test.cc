// SPDX-License-Identifier: MIT
#include "daemon/flight_log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tests/support/standard_error.h"

namespace {

policy::SurveyReport report_of(dane::Findings findings) {
    policy::SurveyReport report{*policy::parse_key("example.com")};
    report.found = findings.state;
    report.findings = std::make_shared<const dane::Findings>(std::move(findings));
    return report;
}

dane::Host failed_host(const std::string& name) {
    dane::Host host;
    host.name = name;
    host.error = {dns::LookupError::Kind::kServerFailure, 2};
    return host;
}

/// What is logged of a survey, as JSON.
std::string logged(const policy::SurveyReport& report) {
    return testing_support::standard_error_of([&] {
        app::Log::Options options;
        options.format = app::LogFormat::kJson;
        options.target = app::LogTarget::kStderr;
        app::Log log(options);
        app::FlightLog(log).survey(report);
    });
}

}  // namespace

TEST_CASE("a survey's hosts that failed are one field, however many there are") {
    dane::Findings findings;
    findings.state = dane::State::kUnknown;
    findings.hosts = {failed_host("a.example.net"), failed_host("b.example.net")};
    auto line = nlohmann::json::parse(logged(report_of(findings)));
    CHECK(line["failed"] == "a.example.net: SERVFAIL, b.example.net: SERVFAIL");

    for (int i = 0; i < 62; ++i)
        findings.hosts.push_back(failed_host(std::string(250, 'x')));
    const std::string text = logged(report_of(std::move(findings)));
    CHECK(text.size() < 1000);
    line = nlohmann::json::parse(text);
    CHECK(line["failed"].get<std::string>().substr(0, 50) ==
          "a.example.net: SERVFAIL, b.example.net: SERVFAIL, ");
    CHECK(text.find(" and 60 more") != std::string::npos);
}

TEST_CASE("a renewal that failed tells why, although the survey before it stays in use") {
    dane::Findings findings;
    findings.error = dns::LookupError{dns::LookupError::Kind::kTimeout, 0};
    policy::SurveyReport report = report_of(std::move(findings));
    report.kept = report.renewal = true;
    const auto line = nlohmann::json::parse(logged(report));
    CHECK(line["dane"] == "mx-failed");
    CHECK(line["kept"] == true);
    CHECK(line["reason"] == "timeout");
}
