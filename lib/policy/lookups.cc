// SPDX-License-Identifier: MIT
#include "lib/policy/lookups.h"

#include <utility>

namespace policy {

/// One lookup. Its two parts end in either order.
class Lookups::Lookup {
  public:
    Lookup(base::Timers& timers, Done done, Until until)
        : timers_(timers), done_(std::move(done)), until_(until) {}
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;

    void start(Engine& engine, Surveyor& surveyor, const Key& key, bool with_survey) {
        // Load is shed by domain, not by half a domain.
        if (with_survey && engine.has_room_for(key.domain)) {
            survey_open_ = true;
            survey_pending_ = surveyor.survey(
                key, engine.knows(key.domain) ? Surveyor::Quota::kKnownDomain : Surveyor::Quota::kNewDomain,
                [this](const std::shared_ptr<const dane::Findings>& findings) { on_survey(findings); });
        }
        policy_pending_ =
            engine.resolve(key.domain, [this](const Evidence& evidence) { on_policy(evidence); });
    }

  private:
    void on_policy(const Evidence& evidence) {
        evidence_.policy = evidence.policy;
        evidence_.reason = evidence.reason;
        policy_open_ = false;
        if (!survey_open_) finish();
    }
    void on_survey(const std::shared_ptr<const dane::Findings>& findings) {
        evidence_.survey = findings;
        survey_open_ = false;
        if (!policy_open_) return finish();
        if (until_ == Until::kDecided && findings && findings->state == dane::State::kAll)
            patience_ = timers_.after(kPatience, [this] { finish(); });
    }
    void finish() {
        const Done done = std::move(done_);
        const Evidence evidence = std::move(evidence_);
        done(evidence);  // destroys this
    }

    base::Timers& timers_;
    Done done_;
    Until until_;
    Evidence evidence_;
    bool policy_open_ = true, survey_open_ = false;
    base::Pending policy_pending_, survey_pending_, patience_;
};

Lookups::Lookups(base::Timers& timers, Engine& engine, Surveyor& surveyor)
    : timers_(timers), engine_(engine), surveyor_(surveyor) {}

Lookups::~Lookups() = default;

base::Pending Lookups::look_up(const Key& key, bool with_survey, Done done, Until until) {
    const std::uint64_t id = ++last_id_;
    auto& lookup = under_way_[id];
    lookup = std::make_unique<Lookup>(
        timers_,
        [this, id, done = std::move(done)](const Evidence& evidence) {
            const auto node = under_way_.extract(id);
            done(evidence);
        },
        until);
    lookup->start(engine_, surveyor_, key, with_survey);
    return {this, &Lookups::cancel, id};
}

void Lookups::cancel(void* self, std::uint64_t id) noexcept {
    // Taken out first, destroyed last: the callback may own Pendings of other lookups.
    const auto node = static_cast<Lookups*>(self)->under_way_.extract(id);
}

}  // namespace policy
