// SPDX-License-Identifier: MIT
#include <cstdio>
#include <map>
#include <optional>

#include "ctl/overrides_edit.h"
#include "ctl/print_answer.h"
#include "daemon/adapters/system_clock.h"
#include "daemon/admin/override_json.h"

namespace ctl {
namespace {

/// What the running daemon says, by domain; nothing where it does not run.
std::optional<std::map<std::string, Json>> ask_daemon(const Invocation& invocation) {
    try {
        std::map<std::string, Json> entries;
        const auto keep = [&](const Json& line) { entries[line.value("domain", "")] = line; };
        const Json last =
            run_command(invocation.settings.control.socket, {{"command", "override-list"}}, keep);
        if (last.value("status", "") == "ok") return entries;
        std::fprintf(stderr, "mta-stsctl: %s\n", printable(last.value("error", "")).c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mta-stsctl: %s; how often each is used is not known\n", error.what());
    }
    return std::nullopt;
}

/// What counts in both: everything but the use.
Json without_hits(Json entry) {
    entry.erase("hits");
    entry.erase("expired");
    return entry;
}

void print(const Json& entry) {
    std::string mx;
    for (const Json& host : entry.value("mx", Json::array()))
        mx += (mx.empty() ? "" : ",") + host.get<std::string>();
    const auto hits = entry.find("hits");
    std::printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", entry.value("domain", "").c_str(),
                entry.value("action", "").c_str(), entry.value("state", "").c_str(),
                hits == entry.end() ? "-" : hits->dump().c_str(), entry.value("until", "-").c_str(),
                mx.empty() ? "-" : mx.c_str(), printable(entry.value("comment", "-")).c_str());
}

}  // namespace

// In the order of the file, which is what counts from the next reload on.
int override_list(const Invocation& invocation) {
    const base::WallTime now = app::SystemClock().wall();
    const policy::Overrides overrides = read_overrides(invocation).overrides;
    auto known = ask_daemon(invocation);
    bool wrong = false;
    const auto show = [&](Json entry, const char* state, bool fine) {
        entry.erase("expired");
        entry["state"] = state;
        wrong = wrong || !fine;
        if (invocation.json) {
            std::printf("%s\n", entry.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
        } else {
            print(entry);
        }
    };
    for (const policy::Override& each : overrides.entries()) {
        Json entry = app::override_json(overrides, each, now);
        const bool expired = !each.active(now);
        bool loaded = true;
        entry.erase("hits");
        if (known) {
            const auto found = known->find(entry.value("domain", ""));
            loaded = found != known->end() && without_hits(found->second) == without_hits(entry);
            if (loaded) entry["hits"] = found->second["hits"];
            if (found != known->end()) known->erase(found);
        }
        show(std::move(entry), !loaded ? "not-loaded" : expired ? "expired" : "active", loaded && !expired);
    }
    if (known) {
        for (auto& [domain, entry] : *known)
            show(std::move(entry), "only-loaded", false);
    }
    return wrong ? kFoundWrong : kFine;
}

}  // namespace ctl
