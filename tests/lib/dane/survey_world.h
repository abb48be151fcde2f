// SPDX-License-Identifier: MIT
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/dane/survey.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/manual_loop.h"

namespace dane_test {

inline const dns::LookupError kServfail{dns::LookupError::Kind::kServerFailure, 2};
inline const dns::LookupError kRefused{dns::LookupError::Kind::kServerFailure, 5};
inline const std::vector<dns::Tlsa> kUsableTlsa{{3, 1, 1, std::string(32, '\xa5')}};
inline const std::vector<dns::Tlsa> kUnusableTlsa{{1, 1, 1, std::string(32, '\xa5')}};
inline const std::vector<std::string> kBothFamilies{"8.8.8.8", "2001:4860:4860::8888"};

inline dns::Name name(const std::string& text) {
    return dns::Name::parse(text).value();
}
inline std::string tlsa_name(const std::string& base_domain, int port = 25) {
    return "_" + std::to_string(port) + "._tcp." + base_domain;
}

/// A signed Internet in which nobody publishes anything yet: every answer is secure unless a test says
/// otherwise.
struct SurveyWorld {
    testing_support::ManualLoop loop;
    testing_support::FakeResolver resolver{loop};
    dane::Survey::Options options;

    SurveyWorld() { resolver.set_all_authentic(); }

    void set_mx(const std::vector<dns::Mx>& records, dns::Authentic authentic = dns::Authentic::kYes) {
        resolver.set_mx("example.com", records);
        resolver.set_authentic("MX", "example.com", authentic);
    }
    /// A host with addresses in both families and these TLSA records.
    void set_host(const std::string& host, const std::vector<dns::Tlsa>& tlsa) {
        resolver.set_addresses(host, kBothFamilies);
        resolver.set_tlsa(tlsa_name(host), tlsa);
    }
    void make_insecure(std::string_view type, const std::string& at) {
        resolver.set_authentic(type, at, dns::Authentic::kNo);
    }

    static dane::Survey::Task task(const std::string& host = "example.com") {
        return dane::Survey::Task{name(host), 25, true};
    }
    std::unique_ptr<dane::Survey> start(dane::Survey::Task task, dane::Survey::Done done) {
        return std::make_unique<dane::Survey>(dane::Survey::Services{loop, loop, resolver}, options,
                                              std::move(task), std::move(done));
    }
    /// Runs a survey to its end.
    dane::Findings find(dane::Survey::Task task) {
        std::optional<dane::Findings> findings;
        const auto survey = start(std::move(task), [&](dane::Findings f) {
            CHECK_FALSE(findings);
            findings = std::move(f);
        });
        CHECK_FALSE(findings);
        loop.advance(base::Seconds{300});
        REQUIRE(findings);
        return std::move(*findings);
    }
    dane::Findings find() { return find(task()); }
    /// Surveys one host: the next hop in brackets.
    dane::Host find_host(const std::string& host) {
        dane::Findings findings = find(dane::Survey::Task{name(host), 25, false});
        REQUIRE(findings.hosts.size() == 1);
        CHECK(findings.hosts[0].name == host);
        return std::move(findings.hosts[0]);
    }

    /// How many questions of this type were asked; of any type where it is empty.
    std::size_t asked(std::string_view type = {}) const {
        const auto& questions = resolver.questions();
        return static_cast<std::size_t>(
            std::count_if(questions.begin(), questions.end(),
                          [&](const auto& question) { return type.empty() || question.type == type; }));
    }
    /// The names of the TLSA questions, in the order asked.
    std::vector<std::string> tlsa_names() const {
        std::vector<std::string> names;
        for (const auto& question : resolver.questions())
            if (question.type == "TLSA") names.push_back(question.name);
        return names;
    }
};

}  // namespace dane_test
