// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/policy/engine.h"
#include "tests/support/fake_fetcher.h"
#include "tests/support/fake_resolver.h"
#include "tests/support/manual_loop.h"
#include "tests/support/memory_store.h"

/// Stories about the daemon's engine.
namespace scenarios {

using namespace std::chrono_literals;
using testing_support::FakeFetcher;
using testing_support::FakeResolver;
using testing_support::ManualLoop;
using testing_support::MemoryStore;

inline dns::Name name(std::string_view text) {
    auto parsed = dns::Name::parse(text);
    if (!parsed) throw std::logic_error("no name: " + std::string(text));
    return *parsed;
}

/// A policy file with one mx.
inline std::string policy_text(std::string_view mode, std::int64_t max_age,
                               std::string_view mx = "mx.example.net") {
    return "version: STSv1\nmode: " + std::string(mode) + "\nmx: " + std::string(mx) +
           "\nmax_age: " + std::to_string(max_age) + "\n";
}

/// What a client was told.
struct Answer {
    std::string mode;  ///< "enforce", "testing", "none"; "-": no policy
    std::string id;
    std::string why;      ///< the reason's word where there is no policy
    bool cached = false;  ///< without the engine
    base::Milliseconds took{0};
};

/// One machine in a small Internet: the daemon's engine, cache and disk in virtual time, and domains that
/// publish. The disk survives a restart, all else of the daemon does not.
class Scenario {
  public:
    static constexpr std::int64_t kDay = 24 * 3600, kYear = 365 * kDay;

    ManualLoop loop;
    FakeResolver dns{loop};
    FakeFetcher web{loop};
    MemoryStore disk{loop};
    policy::Engine::Options options;
    policy::Cache::Options cache_options;
    std::uint32_t random = 0;       ///< what the engine draws: no refresh is brought forward
    std::uint32_t random_step = 0;  ///< by which each draw differs from the one before
    std::vector<policy::FlightReport> flights;
    std::vector<policy::Alarm> alarms;

    ~Scenario() { stop(); }

    // ---- the Internet ----

    void publish(const std::string& domain, const std::string& id, const std::string& body,
                 base::Seconds ttl = base::Seconds{300}) {
        publish_id(domain, id, ttl);
        dns.set_addresses("mta-sts." + domain, {"11.22.33.44"});
        web.serve("mta-sts." + domain, body);
    }
    void publish_id(const std::string& domain, const std::string& id,
                    base::Seconds ttl = base::Seconds{300}) {
        dns.set_txt("_mta-sts." + domain, {"v=STSv1; id=" + id + ";"}, ttl);
    }
    void remove_record(const std::string& domain, base::Seconds ttl = base::Seconds{300}) {
        dns.deny_txt("_mta-sts." + domain, ttl);
    }
    void break_web(const std::string& domain,
                   https::FetchError::Kind kind = https::FetchError::Kind::kConnect) {
        web.fail("mta-sts." + domain, kind);
    }
    void break_dns() { dns.fail_all(dns::LookupError{dns::LookupError::Kind::kServerFailure, 2}); }
    void mend_dns() { dns.fail_all(std::nullopt); }

    std::size_t record_questions(const std::string& domain) const {
        return dns.count("TXT", "_mta-sts." + domain);
    }
    std::size_t fetches(const std::string& domain) const { return web.count("mta-sts." + domain); }
    void forget_traffic() {
        dns.forget_questions();
        web.forget_requests();
        flights.clear();
        alarms.clear();
    }

    // ---- the daemon ----

    void start() {
        daemon_ = std::make_unique<Daemon>(*this);
        if (auto loaded = daemon_->engine.load(); !loaded) throw std::runtime_error(loaded.error().text);
        daemon_->engine.start();
    }
    void stop() { daemon_.reset(); }
    void kill() {
        disk.lose_power();
        stop();
    }
    policy::Engine& engine() { return daemon_->engine; }
    policy::Cache& cache() { return daemon_->cache; }
    policy::Cache::Now now() const { return {daemon_->expiry_clock.now(), loop.mono()}; }

    /// A client's question as a serving thread treats it: the cache, then the engine. Time passes until it is
    /// answered.
    Answer ask(const std::string& domain) {
        const base::MonoTime began = loop.mono();
        std::optional<Answer> answer = ask_cache(domain);
        base::Pending pending;
        if (!answer) {
            pending = engine().resolve(
                name(domain), [&](const policy::Evidence& evidence) { answer = answer_of(evidence); });
        }
        for (int i = 0; !answer && i < 200000; ++i)
            loop.advance(1ms);
        if (!answer) throw std::runtime_error("never answered: " + domain);
        answer->took = loop.mono() - began;
        return *answer;
    }

    /// What the cache alone says; tells the engine where a recheck is due.
    std::optional<Answer> ask_cache(const std::string& domain) {
        Answer answer;
        answer.cached = true;
        const policy::Cache::Hit hit = cache().find(name(domain), now(), [&](const policy::PolicyView& view) {
            answer.mode = sts::to_string(view.mode);
            answer.id = view.id;
        });
        if (hit.recheck_due) engine().recheck(name(domain));
        if (hit.found == policy::Cache::Found::kNothing) return std::nullopt;
        if (hit.found == policy::Cache::Found::kNegative) {
            answer.mode = "-";
            answer.why = hit.reason.word();
        }
        return answer;
    }

    static Answer answer_of(const policy::Evidence& evidence) {
        Answer answer;
        answer.mode = evidence.policy ? std::string(sts::to_string(evidence.policy->mode)) : "-";
        if (evidence.policy) {
            answer.id = evidence.policy->id;
        } else {
            answer.why = evidence.reason.word();
        }
        return answer;
    }

    std::size_t count_alarms(policy::Alarm::Kind kind) const {
        return static_cast<std::size_t>(std::count_if(
            alarms.begin(), alarms.end(), [&](const policy::Alarm& a) { return a.kind == kind; }));
    }
    /// "recheck:kept" and so on, the latest last.
    std::vector<std::string> story() const {
        std::vector<std::string> out;
        for (const policy::FlightReport& report : flights) {
            out.push_back(std::string(policy::to_string(report.cause)) + ":" +
                          std::string(policy::to_string(report.effect)));
        }
        return out;
    }

  private:
    struct Daemon {
        explicit Daemon(Scenario& s)
            : expiry_clock(s.loop),
              cache(s.cache_options),
              engine({s.loop, s.loop, s.dns, s.web, s.disk, cache, expiry_clock,
                      [&s](const policy::FlightReport& report) { s.flights.push_back(report); },
                      [&s](const policy::Alarm& alarm) { s.alarms.push_back(alarm); },
                      [&s] { return std::exchange(s.random, s.random + s.random_step); }},
                     s.options) {}
        policy::ExpiryClock expiry_clock;
        policy::Cache cache;
        policy::Engine engine;
    };
    std::unique_ptr<Daemon> daemon_;
};

}  // namespace scenarios
