// SPDX-License-Identifier: MIT
// The payload of a socketmap request, from a stranger who has reached the socket, through the responder: with
// an empty cache, where an unknown domain becomes a question, and with a cache that knows a few.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "lib/policy/responder.h"
#include "lib/socketmap/protocol.h"
#include "lib/sts/policy.h"

namespace {

using policy::Responder;

class StillClock : public base::Clock {
  public:
    base::WallTime wall() const override { return base::WallTime(base::Seconds(1767225600)); }
    base::MonoTime mono() const override { return base::MonoTime(base::Milliseconds(1000000)); }
};

void require(bool condition) {
    if (!condition) std::abort();
}

policy::PolicyRecord record_of(std::string_view domain, std::string_view mode) {
    const std::string body =
        "version: STSv1\nmode: " + std::string(mode) +
        "\nmx: MX1.example.com\nmx: *.example.net\nmax_age: 86400\nnote: } {\nb\xc3\xbc: x\n";
    const auto parsed = sts::parse_policy(body);
    policy::PolicyRecord record{*dns::Name::parse(domain)};
    record.id = "1";
    record.body = body;
    if (parsed) {
        record.mode = parsed->mode;
        record.max_age = parsed->max_age;
        record.mx = parsed->mx;
    }
    record.fetched = StillClock().wall();
    return record;
}

policy::Rules make_rules() {
    policy::Rules rules;
    rules.profiles["m"];
    rules.profiles["t"].tlsrpt = true;
    rules.profiles["n"].dane = policy::Profile::Dane::kEnforce;
    rules.profiles["y"].dane = policy::Profile::Dane::kYield;
    rules.profiles["i"].smart_hosts = policy::Profile::SmartHosts::kIgnore;
    rules.profiles["d"].on_lookup_failure = policy::Profile::OnLookupFailure::kDefer;
    using Action = policy::Override::Action;
    rules.overrides = policy::Overrides({
        {*dns::Name::parse("pin.example"), false, Action::kPin, {"*.hoster.example"}, {}, ""},
        {*dns::Name::parse("example.org"), true, Action::kDefer, {}, {}, ""},
        {*dns::Name::parse("testing.example"), false, Action::kEnforce, {}, {}, ""},
    });
    return rules;
}

/// A reply is one of the four words, a space, and text that is harmless in Postfix's log and its policy
/// parser.
void check_reply(std::string_view reply) {
    require(reply.size() <= socketmap::kMaxReply);
    for (const char c : reply)
        require((c >= ' ' && c <= '~') || static_cast<unsigned char>(c) >= 0x80);
    const std::string_view secure = "OK secure match=";
    if (reply.substr(0, secure.size()) == secure) {
        require(reply.size() > secure.size() && reply[secure.size()] != ' ');
    } else if (reply.substr(0, 5) == socketmap::kTemp || reply.substr(0, 5) == socketmap::kPerm) {
        require(reply.size() > 5 && reply.size() <= 5 + socketmap::kMaxReason);
    } else {
        require(reply == socketmap::kNotFound || reply == "OK dane" || reply == "OK dane-only");
    }
}

void respond(const Responder& responder, const policy::Rules& rules, std::string_view payload) {
    std::string out = "before";
    Responder::Request request;
    responder.read(payload, rules, request);
    responder.prefetch(request);
    if (responder.answer(request, rules, out) == Responder::Outcome::kAskEngine) {
        Responder::Query& query = request.query;
        require(out == "before" && query.kind == Responder::Query::Kind::kDomain && query.key);
        const auto domain = query.key->domain;
        policy::Evidence evidence;
        evidence.reason.kind = policy::Reason::Kind::kTooLate;
        if (domain.text().size() % 2 == 0)
            evidence.policy =
                std::make_shared<const policy::PolicyRecord>(record_of(domain.text(), "enforce"));
        responder.respond_with(evidence, rules, out, query);
    }
    require(out.substr(0, 6) == "before");
    check_reply(std::string_view(out).substr(6));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view payload(reinterpret_cast<const char*>(data), size);
    static const StillClock clock;
    static const policy::ExpiryClock expiry_clock(clock);
    static const policy::Rules rules = make_rules();
    static policy::Cache empty({}), filled({});
    static policy::SurveyCache none(policy::SurveyCache::Options{}, empty.locks());
    static policy::SurveyCache surveyed(policy::SurveyCache::Options{}, filled.locks());
    static const bool ready = [] {
        const base::MonoTime later = clock.mono() + base::Seconds(60);
        for (const std::string_view mode : {"enforce", "testing", "none"})
            filled.put(record_of(std::string(mode) + ".example", mode), later);
        filled.put_negative(*dns::Name::parse("negative.example"), later, {policy::Reason::Kind::kNoRecord});
        filled.put_negative(*dns::Name::parse("failed.example"), later,
                            {policy::Reason::Kind::kDnsFailed, 0, 0});
        const std::pair<const char*, dane::State> surveys[] = {{"enforce.example", dane::State::kSome},
                                                               {"testing.example", dane::State::kInsecureMx},
                                                               {"negative.example", dane::State::kAll},
                                                               {"none.example", dane::State::kUnknown}};
        for (const auto& [domain, state] : surveys) {
            dane::Findings findings;
            findings.state = state;
            surveyed.put({*dns::Name::parse(domain)},
                         {std::make_shared<const dane::Findings>(std::move(findings)), later, later},
                         clock.mono());
        }
        return true;
    }();
    require(ready);
    respond(Responder(empty, none, clock, expiry_clock), rules, payload);
    respond(Responder(filled, surveyed, clock, expiry_clock), rules, payload);
    return 0;
}
