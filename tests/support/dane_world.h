// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lib/policy/lookups.h"
#include "lib/policy/responder.h"
#include "tests/support/fake_fetcher.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/manual_loop.h"
#include "tests/support/memory_store.h"

namespace testing_support {

/// A daemon without sockets, in virtual time, that looks at DANE in its map "dane" and not in "plain". The
/// resolver validates; domains publish into a signed DNS unless they say otherwise.
class DaneWorld {
  public:
    static constexpr base::Seconds kTtl{300};

    ManualLoop loop;
    FakeResolver dns{loop};
    FakeFetcher web{loop};
    MemoryStore disk{loop};
    policy::Rules rules;
    std::vector<policy::SurveyReport> surveys_made;
    policy::Responder::Request request;  ///< the last one
    policy::Responder::Query& query = request.query;
    base::Milliseconds took{0};  ///< likewise; zero: from the caches

    explicit DaneWorld(const policy::Engine::Options& engine_options = {},
                       const policy::Surveyor::Options& surveyor_options = {})
        : engine_({loop, loop, dns, web, disk, cache_, expiry_clock_, nullptr, nullptr, [] { return 0U; }},
                  engine_options),
          surveyor_({loop, loop, dns, surveys_,
                     [this](const policy::SurveyReport& report) { surveys_made.push_back(report); }},
                    surveyor_options) {
        dns.set_all_authentic();
        rules.profiles["dane"].dane = policy::Profile::Dane::kEnforce;
        rules.profiles["plain"];
    }

    // ---- what the world publishes ----

    void publish_policy(const std::string& domain, const std::string& mode = "enforce") {
        dns.set_txt("_mta-sts." + domain, {"v=STSv1; id=1;"}, base::Seconds{86400});
        dns.set_addresses("mta-sts." + domain, {"11.22.33.44"});
        web.serve("mta-sts." + domain,
                  "version: STSv1\nmode: " + mode + "\nmx: *." + domain + "\nmax_age: 864000\n");
    }
    /// MX records, with an address each.
    void publish_mx(const std::string& domain, const std::vector<std::string>& hosts,
                    base::Seconds ttl = kTtl) {
        std::vector<dns::Mx> records;
        for (const std::string& host : hosts) {
            records.push_back({static_cast<std::uint16_t>(10 * (records.size() + 1)), host});
            dns.set_addresses(host, {"11.22.33.55"});
        }
        dns.set_mx(domain, records, ttl);
    }
    void publish_tlsa(const std::string& host, base::Seconds ttl = kTtl, const std::string& port = "25") {
        dns.set_tlsa("_" + port + "._tcp." + host, {{3, 1, 1, std::string(32, 'x')}}, ttl);
    }
    void remove_tlsa(const std::string& host) { dns.deny("TLSA", "_25._tcp." + host, kTtl); }
    void fail_tlsa(const std::string& host) {
        dns.fail("TLSA", "_25._tcp." + host, {dns::LookupError::Kind::kServerFailure, 2});
    }

    // ---- clients ----

    /// A question as a serving thread treats it; time passes until it is answered.
    std::string ask(const std::string& key, const std::string& map = "dane") {
        std::string out;
        const base::MonoTime began = loop.mono();
        took = {};
        if (begin(key, map, out)) return out;
        bool answered = false;
        const base::Pending pending =
            lookups_.look_up(*query.key, query.with_survey, [&](const policy::Evidence& evidence) {
                responder_.respond_with(evidence, rules, out, query);
                answered = true;
            });
        for (int i = 0; i < 60'000 && !answered; ++i)
            loop.advance(base::Milliseconds{1});
        if (!answered) throw std::logic_error("no answer for " + key);
        took = loop.mono() - began;
        finish();
        return out;
    }
    /// Only what the caches say; "ask": nothing.
    std::string ask_caches(const std::string& key, const std::string& map = "dane") {
        std::string out;
        return begin(key, map, out) ? out : "ask";
    }
    /// What must be answered now.
    std::string ask_late(const std::string& key, const std::string& map = "dane") {
        std::string out;
        if (!begin(key, map, out)) responder_.respond_late(rules, out, query);
        return out;
    }
    /// A client that does not wait for the answer.
    void ask_and_hang_up(const std::string& key) {
        const auto parsed = policy::parse_key(key);
        const base::Pending pending = lookups_.look_up(*parsed, true, [](const policy::Evidence&) {});
    }
    policy::Lookups& lookups() { return lookups_; }
    policy::SurveyCache& surveys() { return surveys_; }
    policy::Surveyor& surveyor() { return surveyor_; }
    std::size_t mx_questions(const std::string& domain) const { return dns.count("MX", domain); }

  private:
    bool begin(const std::string& key, const std::string& map, std::string& out) {
        using Outcome = policy::Responder::Outcome;
        responder_.read(map + " " + key, rules, request);
        if (responder_.answer(request, rules, out) == Outcome::kAskEngine) return false;
        finish();
        return true;
    }
    void finish() {
        if (query.recheck_due) engine_.recheck(query.key->domain);
        if (query.renew_due) surveyor_.renew(*query.key);
    }

    policy::Cache cache_{policy::Cache::Options{}};
    policy::ExpiryClock expiry_clock_{loop};
    policy::SurveyCache surveys_{policy::SurveyCache::Options{}, cache_.locks()};
    policy::Engine engine_;
    policy::Surveyor surveyor_;
    policy::Lookups lookups_{loop, engine_, surveyor_};
    policy::Responder responder_{cache_, surveys_, loop, expiry_clock_};
};

}  // namespace testing_support
