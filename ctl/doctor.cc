// SPDX-License-Identifier: MIT
#include <sys/timex.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "ctl/child_output.h"
#include "ctl/diagnosis.h"
#include "ctl/print_answer.h"
#include "ctl/print_findings.h"
#include "ctl/socket_reach.h"
#include "ctl/socketmap_client.h"
#include "daemon/adapters/system_clock.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;

constexpr base::WallTime kBuiltAfter{base::Seconds{1767225600}};  // 2026-01-01

void add_once(Findings& out, Finding finding) {
    if (std::find(out.begin(), out.end(), finding) == out.end()) out.push_back(std::move(finding));
}

void check_socket(Findings& out, const PostfixFacts& postfix, const MapInUse& map) {
    if (map.server.kind != app::ListenAddress::Kind::kUnix) return;
    const std::string owner = postfix.parameter("mail_owner");
    const auto account = find_account(owner);
    if (!account) {
        add_once(out, {Verdict::kWarning, "socket", "there is no user " + owner,
                       "set mail_owner to the user that Postfix runs as"});
        return;
    }
    const std::string path = map.map.endpoint.substr(map.map.endpoint.find(':') + 1);
    bool fine = true;
    for (const PostfixFacts::Client& client : postfix.clients) {
        const std::string seen = path_seen_by(client, postfix, path);
        const std::string who = client.name + (client.chrooted ? " (chrooted)" : "") + " as user " + owner;
        std::string wrong = cannot_connect(*account, seen);
        std::string remedy = "give the group of " + owner +
                             " access: server.socket_group, server.socket_mode 0660, and the folders above";
        if (seen != map.server.path) {
            wrong = "it sees " + seen + ", and mta-stsd listens on " + map.server.path;
            remedy = "listen on inet:127.0.0.1:8461, or on a socket below " +
                     postfix.parameter("queue_directory") + " that main.cf names relative to it";
        }
        if (wrong.empty()) continue;
        fine = false;
        out.push_back({Verdict::kWrong, "socket", who + " cannot connect: " + wrong, remedy});
    }
    if (fine) add_once(out, {Verdict::kOk, "socket", owner + " can connect to " + map.server.path, ""});
}

/// Asks for a name that is answered without a look at anything.
void check_answer(Findings& out, const app::ListenAddress& server, const std::string& map) {
    try {
        const std::string reply = ask_socketmap(server, map, "doctor.invalid");
        if (reply.compare(0, 8, "NOTFOUND") == 0) {
            add_once(out, {Verdict::kOk, "daemon", "mta-stsd answers on " + server.text(), ""});
        } else {
            add_once(out, {Verdict::kWrong, "daemon", server.text() + " answers \"" + printable(reply) + "\"",
                           "see the log of mta-stsd"});
        }
    } catch (const std::exception& error) {
        add_once(out, {Verdict::kWrong, "daemon", error.what(), "start mta-stsd, and see its log"});
    }
}

void check_status(Findings& out, const Invocation& invocation, bool looks_at_dane) {
    Json status;
    try {
        run_command(invocation.settings.control.socket, {{"command", "status"}},
                    [&status](const Json& line) { status = line; });
    } catch (const NotRunning& error) {
        out.push_back({Verdict::kWarning, "health", error.what(), "start mta-stsd, and see its log"});
        return;
    } catch (const std::exception& error) {
        out.push_back({Verdict::kWarning, "health", error.what(), "ask as root, or see control.group"});
        return;
    }
    const std::string health = status.value("health", "unknown");
    const bool fine = health == "ok";
    out.push_back({fine ? Verdict::kOk : Verdict::kWrong, "health", "mta-stsd is: " + printable(health),
                   fine ? "" : "mta-stsctl status"});
    const Json test = status.value("resolver_test", Json::object());
    const std::string state = test.value("state", "unknown");
    const std::string seen = printable(test.value("seen", ""));
    if (!looks_at_dane) return;
    const Verdict verdict = state == "validates"           ? Verdict::kOk
                            : state == "does not validate" ? Verdict::kWrong
                                                           : Verdict::kWarning;
    const std::string advice = printable(test.value("advice", ""));
    out.push_back({verdict, "resolver", "the resolver: " + state + (seen.empty() ? "" : " (" + seen + ")"),
                   verdict == Verdict::kOk ? ""
                   : advice.empty()        ? "wait for the test at the start, see mta-stsctl status"
                                           : advice});
}

void check_clock(Findings& out) {
    if (app::SystemClock().wall() < kBuiltAfter) {
        out.push_back({Verdict::kWrong, "clock", "the clock is years behind: no certificate is valid",
                       "set the clock"});
        return;
    }
    timex state{};
    const int answer = ::adjtimex(&state);
    if (answer == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
        out.push_back({Verdict::kWarning, "clock", "the kernel says that the clock is not synchronized",
                       "run a time service such as chrony"});
    } else {
        out.push_back({Verdict::kOk, "clock", "the clock is right", ""});
    }
}

void print_json(const Findings& findings, const PostfixFacts& postfix,
                const std::vector<std::string>& lines) {
    Json out = {{"postfix", postfix.version_text}, {"findings", to_json(findings)}};
    out["main_cf"] = lines;
    std::printf("%s\n", out.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
}

}  // namespace

int doctor(const Invocation& invocation) {
    const std::string postconf = invocation.value("postconf", find_program("postconf"));
    if (postconf.empty())
        throw std::runtime_error("there is no postconf on this host; --postconf PATH names it");
    const PostfixFacts postfix = read_postfix(postconf, invocation.value("postfix-dir"));
    if (postfix.version_text.empty()) throw std::runtime_error(postconf + " does not tell Postfix's version");
    const app::Settings& settings = invocation.settings;
    const std::vector<Part> parts = parts_in_use(postfix, settings);
    Findings findings = diagnose(parts, settings);
    for (const Part& part : parts)
        if (part.map) check_socket(findings, part.postfix, *part.map);
    bool looks_at_dane = false;
    for (const Part& part : parts) {
        const bool known = part.map && part.map->profile != nullptr;
        if (known || &part == &parts.front())
            check_answer(findings, part.map ? part.map->server : settings.server.listen.front(),
                         known ? part.map->map.name : "postfix");
        looks_at_dane |= known && part.map->profile->dane != policy::Profile::Dane::kOff;
    }
    check_status(findings, invocation, looks_at_dane);
    check_clock(findings);

    const std::vector<std::string> lines = fitting_lines(postfix, settings);
    if (invocation.json) {
        print_json(findings, postfix, lines);
    } else {
        print_findings(findings);
        std::fputs(for_people() ? "\nThe lines of main.cf for this Postfix:\n" : "", stdout);
        for (const std::string& line : lines)
            std::printf("%s%s\n", for_people() ? "  " : "main.cf\t", line.c_str());
    }
    return worst(findings) == Verdict::kOk ? kFine : kFoundWrong;
}

}  // namespace ctl
