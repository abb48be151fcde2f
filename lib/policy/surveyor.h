// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/dane/survey.h"
#include "lib/dns/resolver.h"
#include "lib/policy/key.h"
#include "lib/policy/survey_cache.h"
#include "lib/policy/waiters.h"

namespace policy {

/// One survey, reported once, at its end: for the log line and the counters.
struct SurveyReport {
    Key key;
    bool renewal = false;                        ///< behind a survey that was still good
    bool kept = false;                           ///< it failed, and the one before stays in use
    std::optional<dane::State> before{};         ///< of the unexpired survey it replaces
    dane::State found = dane::State::kMxFailed;  ///< now
    // Shared with the cache and those who waited, unless the one before was kept.
    std::shared_ptr<const dane::Findings> findings{};
    base::Milliseconds took{0};
};

/// Finds out what DNSSEC says of next hops' MX hosts, and remembers it as long as that may be relied on: no
/// longer than the smallest TTL it rests on, a failure for `failed_time`. When several clients ask about one
/// next hop at once, surveys it once. A client that goes away takes nothing with it. A failed renewal does
/// not replace a survey that is still good; one that was under way when the cache was cleared is made again.
/// Engine's thread only; never blocks.
class Surveyor {
  public:
    struct Services {
        const base::Clock& clock;
        base::Timers& timers;
        dns::Resolver& resolver;
        SurveyCache& cache;
        std::function<void(const SurveyReport&)> on_survey;
    };
    struct Options {
        dane::Survey::Options survey;
        std::uint32_t surveys = 1024;  ///< under way at once, in each of the two quotas
        base::Seconds failed_time{60};
        base::Seconds longest{3600};  ///< a longer TTL counts as this
    };
    /// A flood of unknown domains must not keep the known ones from being surveyed.
    enum class Quota : std::uint8_t { kNewDomain, kKnownDomain };
    /// Null where too many surveys are under way.
    using Done = Waiters<std::shared_ptr<const dane::Findings>>::Done;

    Surveyor(Services services, const Options& options);
    ~Surveyor();
    Surveyor(const Surveyor&) = delete;
    Surveyor& operator=(const Surveyor&) = delete;

    /// Takes over new settings between two events (reload).
    void set_options(const Options& options) { options_ = options; }

    /// For a client: what the cache has, else joins the next hop's survey or starts one. `done` comes later,
    /// once. Destroying the Pending leaves the survey under way.
    [[nodiscard]] base::Pending survey(const Key& key, Quota quota, Done done);
    /// A client has hit a survey in the last tenth of its time: makes a new one behind it.
    void renew(const Key& key);

    std::size_t under_way() const { return flights_.size(); }

  private:
    struct Flight;

    Flight* launch(const Key& key, const std::string& name, Quota quota);
    void look_up(Flight& flight);
    void land(Flight& flight, dane::Findings findings);
    std::shared_ptr<const dane::Findings> remember(SurveyReport& report);
    base::Seconds time_for(const dane::Findings& findings) const;

    Services services_;
    Options options_;
    Waiters<std::shared_ptr<const dane::Findings>> waiters_;
    std::unordered_map<std::string, std::unique_ptr<Flight>> flights_;  // by survey_name()
    std::uint32_t under_way_[2] = {0, 0};                               // by quota
};

}  // namespace policy
