// SPDX-License-Identifier: MIT
#include <algorithm>

#include "daemon/admin/control_commands.h"
#include "daemon/admin/policy_exchange.h"
#include "daemon/admin/utc_text.h"
#include "lib/policy/key.h"

namespace app {

std::optional<policy::Key> key_argument(ControlCall& call) {
    const auto text = call.text("domain");
    if (!text) {
        call.fail("the argument \"domain\" is missing");
        return {};
    }
    auto key = policy::parse_key(*text);
    if (!key) call.fail("\"" + *text + "\" is no domain that can have a policy");
    return key;
}

namespace {

constexpr std::size_t kLinesPerTurn = 256;

ControlCall::Json list_line(const policy::Cache::Known& known) {
    ControlCall::Json line;
    line["domain"] = known.record.domain.text();
    line["mode"] = sts::to_string(known.record.mode);
    line["id"] = known.record.id;
    line["max_age"] = known.record.max_age;
    line["fetched"] = utc_text(known.record.fetched);
    line["expires"] = utc_text(known.record.expires());
    line["refresh"] = utc_text(known.clocks.refresh_at);
    line["lax"] = known.record.lax;
    return line;
}

/// The names of all policies, a part of the cache at a time. Shared, because std::function copies its
/// captures.
class Names {
  public:
    explicit Names(const policy::Cache& cache) : cache_(cache) {}

    /// The next one; null at the end.
    const dns::Name* next() {
        while (at_ == names_.size()) {
            at_ = 0;
            if (!cache_.names_of_part(part_++, names_)) return nullptr;
        }
        return &names_[at_++];
    }

  private:
    const policy::Cache& cache_;
    std::vector<dns::Name> names_;
    std::size_t part_ = 0, at_ = 0;
};

// As the client reads them: a million policies are never all in the output.
void list(ControlCall& call, const policy::Cache& cache) {
    auto names = std::make_shared<Names>(cache);
    call.stream([names, &cache, listed = std::uint64_t{0}](ControlCall& stream) mutable {
        for (std::size_t n = 0; n < kLinesPerTurn; ++n) {
            const dns::Name* const name = names->next();
            if (name == nullptr) {
                stream.ok({{"policies", listed}});
                return false;
            }
            const auto known = cache.peek(*name);
            if (!known) continue;
            stream.line(list_line(*known));
            ++listed;
        }
        return true;
    });
}

/// Policies with their bodies are long: less at a time.
constexpr std::size_t kBytesPerTurn = 256 * 1024;

void export_all(ControlCall& call, const policy::Cache& cache) {
    auto names = std::make_shared<Names>(cache);
    call.stream([names, &cache](ControlCall& stream) {
        for (std::size_t bytes = 0; bytes < kBytesPerTurn;) {
            const dns::Name* const name = names->next();
            if (name == nullptr) {
                stream.ok();
                return false;
            }
            const auto known = cache.peek(*name);
            if (!known) continue;
            bytes += known->record.body.size() + 1000;
            stream.line(exported_policy(known->record));
        }
        return true;
    });
}

void import_policies(ControlCall& call, policy::Engine& engine) {
    const auto policies = call.request().find("policies");
    if (policies == call.request().end() || !policies->is_array())
        return call.fail("the argument \"policies\" is missing");
    std::uint64_t taken = 0, expired = 0, known = 0, no_room = 0, invalid = 0;
    for (const ControlCall::Json& each : *policies) {
        auto record = imported_policy(each);
        if (!record) {
            ++invalid;
            call.line({{"error", record.error()}});
            continue;
        }
        switch (engine.take_over(std::move(*record))) {
            case policy::Engine::TakenOver::kTaken:
                ++taken;
                break;
            case policy::Engine::TakenOver::kExpired:
                ++expired;
                break;
            case policy::Engine::TakenOver::kNotNewer:
                ++known;
                break;
            case policy::Engine::TakenOver::kNoRoom:
                ++no_room;
                break;
        }
    }
    call.ok({{"taken", taken},
             {"known", known},
             {"expired", expired},
             {"no_room", no_room},
             {"invalid", invalid}});
}

// Looks a domain up of which nothing is known. That is no question of a client: the domain does not count as
// asked for.
void warm(ControlCall& call, const CommandContext& context) {
    const auto key = key_argument(call);
    if (!key) return;
    const dns::Name& domain = key->domain;
    if (context.engine.knows(domain) || context.cache.peek_negative(domain, context.clock.mono()))
        return call.ok({{"known", true}});
    call.keep(context.engine.refresh(domain, [&call](const policy::Evidence& evidence) {
        ControlCall::Json last = {{"known", false}};
        if (evidence.policy) last["mode"] = sts::to_string(evidence.policy->mode);
        if (evidence.reason.kind != policy::Reason::Kind::kNone) last["reason"] = evidence.reason.text();
        call.ok(std::move(last));
    }));
}

void stats(ControlCall& call, const CommandContext& context) {
    const base::WallTime now = context.clock.wall();
    const base::Seconds day{24 * 3600};
    const auto today = static_cast<std::int32_t>(now.time_since_epoch() / day);
    std::uint64_t lax = 0, within_day = 0, within_week = 0, asked_today = 0, asked_month = 0;
    base::WallTime oldest = now;
    context.cache.look([&](const policy::Cache::Seen& seen) {
        lax += seen.lax ? 1 : 0;
        within_day += seen.expires() <= now + day ? 1 : 0;
        within_week += seen.expires() <= now + 7 * day ? 1 : 0;
        asked_today += seen.asked_day >= today ? 1 : 0;
        asked_month += seen.asked_day > today - 30 ? 1 : 0;
        oldest = std::min(oldest, seen.fetched);
    });
    const policy::Cache::Stats totals = context.cache.stats();
    const auto of = [&totals](sts::Mode mode) { return totals.by_mode[static_cast<std::size_t>(mode)]; };
    ControlCall::Json line = {{"policies", totals.policies},
                              {"enforce", of(sts::Mode::kEnforce)},
                              {"testing", of(sts::Mode::kTesting)},
                              {"none", of(sts::Mode::kNone)},
                              {"lax", lax},
                              {"bytes", totals.bytes},
                              {"expire_within_1d", within_day},
                              {"expire_within_7d", within_week},
                              {"asked_for_today", asked_today},
                              {"asked_for_within_30d", asked_month},
                              {"no_policy", totals.negative},
                              {"surveys", context.surveys.size()}};
    if (totals.policies > 0) line["oldest_fetch"] = utc_text(oldest);
    call.line(line);
    call.ok();
}

void refresh(ControlCall& call, policy::Engine& engine) {
    const auto key = key_argument(call);
    if (!key) return;
    call.keep(engine.refresh(key->domain, [&call](const policy::Evidence& evidence) {
        ControlCall::Json last;
        if (evidence.policy) {
            last["mode"] = sts::to_string(evidence.policy->mode);
            last["id"] = evidence.policy->id;
            last["expires"] = utc_text(evidence.policy->expires());
        }
        if (evidence.reason.kind != policy::Reason::Kind::kNone) last["reason"] = evidence.reason.text();
        call.ok(std::move(last));
    }));
}

void forget(ControlCall& call, const CommandContext& context) {
    const auto key = key_argument(call);
    if (!key) return;
    const bool surveyed = context.surveys.remove(*key);
    ControlCall::Json last;
    last["known"] = context.engine.forget(key->domain) || surveyed;
    call.ok(std::move(last));
}

}  // namespace

void add_cache_commands(ControlServer& server, const CommandContext& context) {
    server.add("cache-list", [&cache = context.cache](ControlCall& call) { list(call, cache); });
    server.add("cache-stats", [&context](ControlCall& call) { stats(call, context); });
    server.add("cache-export", [&cache = context.cache](ControlCall& call) { export_all(call, cache); });
    server.add("cache-import",
               [&engine = context.engine](ControlCall& call) { import_policies(call, engine); });
    server.add("warm", [&context](ControlCall& call) { warm(call, context); });
    server.add("refresh", [&engine = context.engine](ControlCall& call) { refresh(call, engine); });
    server.add("forget", [&context](ControlCall& call) { forget(call, context); });
}

}  // namespace app
