// SPDX-License-Identifier: MIT
#include "daemon/admin/control_commands.h"
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

// The names first, their policies as the client reads them: a million policies are never all in the output.
void list(ControlCall& call, const policy::Cache& cache) {
    auto names =
        std::make_shared<std::vector<dns::Name>>();  // shared because std::function copies its captures
    cache.for_each([&](const policy::Cache::Known& known) { names->push_back(known.record.domain); });
    auto at = std::make_shared<std::size_t>(0);
    call.stream([names, at, &cache](ControlCall& stream) {
        for (std::size_t n = 0; n < kLinesPerTurn && *at < names->size(); ++n, ++*at) {
            if (const auto known = cache.peek((*names)[*at])) stream.line(list_line(*known));
        }
        if (*at < names->size()) return true;
        ControlCall::Json last;
        last["policies"] = names->size();
        stream.ok(std::move(last));
        return false;
    });
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
    server.add("refresh", [&engine = context.engine](ControlCall& call) { refresh(call, engine); });
    server.add("forget", [&context](ControlCall& call) { forget(call, context); });
}

}  // namespace app
