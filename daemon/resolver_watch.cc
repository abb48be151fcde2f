// SPDX-License-Identifier: MIT
#include "daemon/resolver_watch.h"

#include <utility>

namespace app {

using Verdict = dns::SelfTest::Verdict;

std::string_view to_string(ResolverWatch::State state) {
    switch (state) {
        case ResolverWatch::State::kUnknown:
            return "unknown";
        case ResolverWatch::State::kValidates:
            return "validates";
        case ResolverWatch::State::kDoesNotValidate:
            return "does not validate";
    }
    return "";
}

ResolverWatch::ResolverWatch(Services services, const Options& options, Handlers handlers)
    : services_(services), options_(options), handlers_(std::move(handlers)) {
    report_.since = services_.clock.wall();
    test_soon();
}

ResolverWatch::~ResolverWatch() = default;

void ResolverWatch::reconfigure(const Options& options) {
    options_ = options;
    test_soon();
}

void ResolverWatch::in_use() {
    if (std::exchange(in_use_, true)) return;
    if (!validating()) tell(false);
}

bool ResolverWatch::testable() const {
    return options_.needed && (options_.test.signed_name || options_.test.bogus_name);
}

// From a timer, so that a reload which changes servers and options makes one test, and `changed` never runs
// inside a call.
void ResolverWatch::test_soon() {
    test_.reset();
    timer_ = services_.timers.after(base::Milliseconds{0}, [this] { test(); });
}

void ResolverWatch::test() {
    timer_.reset();
    if (!testable()) {
        report_.tested.reset();
        report_.last = {};
        return turn(State::kUnknown);
    }
    test_ = std::make_unique<dns::SelfTest>(services_.clock, services_.resolver, options_.test,
                                            [this](auto outcome) { on_outcome(std::move(outcome)); });
}

void ResolverWatch::on_outcome(dns::SelfTest::Outcome outcome) {
    const bool good = outcome.verdict == Verdict::kValidates;
    report_.tested = services_.clock.wall();
    report_.last = std::move(outcome);
    timer_ = services_.timers.after(good ? options_.interval : options_.retry, [this] { test(); });

    State state = report_.state;
    if (good) state = State::kValidates;
    if (report_.last.verdict == Verdict::kDoesNotValidate) state = State::kDoesNotValidate;
    tell(state != report_.state);
    turn(state);
}

void ResolverWatch::turn(State state) {
    if (state == report_.state) return;
    const bool before = validating();
    report_.state = state;
    report_.since = services_.clock.wall();
    if (validating() != before) handlers_.changed(validating());
}

void ResolverWatch::tell(bool turned) {
    const dns::SelfTest::Outcome& outcome = report_.last;
    switch (outcome.verdict) {
        case Verdict::kValidates:
            if (turned) handlers_.notice({LogLevel::kInfo, "dnssec-on", outcome.seen, {}, {}});
            return;
        case Verdict::kDoesNotValidate:
            if (turned) error_told_.reset();
            if (in_use_ ? !may_repeat(error_told_) : !turned) return;
            return handlers_.notice({in_use_ ? LogLevel::kError : LogLevel::kWarning, "dnssec-off",
                                     outcome.seen,
                                     "no answer counts as authentic, or false ones do: DANE is off, profiles "
                                     "answer as with dane: off",
                                     outcome.advice});
        case Verdict::kUnclear:
            if (warning_told_ && !in_use_) return;
            if (!may_repeat(warning_told_)) return;
            return handlers_.notice(
                {LogLevel::kWarning, "dnssec-unclear", outcome.seen,
                 validating() ? "nothing is proved: DANE stays on" : "nothing is proved: DANE stays off",
                 outcome.advice});
    }
}

bool ResolverWatch::may_repeat(std::optional<base::MonoTime>& last) {
    const auto now = services_.clock.mono();
    if (last && now - *last < options_.interval) return false;
    last = now;
    return true;
}

void log_notice(Log& log, const ResolverWatch::Notice& notice, const std::vector<std::string>& servers) {
    std::string text;
    for (const std::string& server : servers)
        text += (text.empty() ? "" : ", ") + server;
    LogEntry entry(log, notice.level, notice.event);
    entry.add("servers", text).add("seen", notice.seen);
    if (!notice.meaning.empty()) entry.add("meaning", notice.meaning);
    if (!notice.advice.empty()) entry.add("advice", notice.advice);
}

}  // namespace app
