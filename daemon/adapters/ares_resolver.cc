// SPDX-License-Identifier: MIT
#include "daemon/adapters/ares_resolver.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace app {

namespace {

using dns::LookupError;
using Kind = LookupError::Kind;

constexpr std::size_t kMaxServers = 16;
constexpr std::size_t kNoServer = std::numeric_limits<std::size_t>::max();
// c-ares' timeouts come up to a tick late; within this of its end an attempt is as good as over.
constexpr base::Milliseconds kAlmostOver{100};

std::uint64_t bit(std::size_t server) {
    return std::uint64_t{1} << server;
}

AresServers::Options servers_options(const AresResolver::Options& options) {
    AresServers::Options out;
    for (const std::string& text : options.servers) {
        const auto server = parse_dns_server(text);
        if (!server) throw std::invalid_argument("not the address of a DNS server: " + text);
        out.servers.push_back(*server);
    }
    if (out.servers.size() > kMaxServers) throw std::invalid_argument("more than 16 DNS servers");
    for (const dns::Address& address : options.source_addresses) {
        auto& slot = address.family() == dns::Family::kV4 ? out.source_v4 : out.source_v6;
        if (!slot) slot = address;
    }
    out.patience = options.timeout * std::max(options.attempts, 1);
    out.trust_ad = options.trust_ad;
    out.resolv_conf = options.resolv_conf;
    return out;
}

}  // namespace

AresResolver::AresResolver(EventLoop& loop, const base::Clock& clock, const Options& options)
    : loop_(loop),
      clock_(clock),
      timeout_(options.timeout),
      give_up_after_(options.timeout * std::max(options.attempts, 1)),
      max_waiting_(options.max_waiting),
      servers_(
          loop, clock, servers_options(options),
          [this](AresChannel::Token token, AresChannel::Status status, std::span<const unsigned char> packet,
                 bool trusted) { note(token, status, packet, trusted); },
          [this] { settle(); }) {}

AresResolver::~AresResolver() = default;

void AresResolver::reconfigure(const Options& options) {
    const auto before = servers();
    servers_.reconfigure(servers_options(options));
    timeout_ = options.timeout;
    give_up_after_ = options.timeout * std::max(options.attempts, 1);
    max_waiting_ = options.max_waiting;
    settle_soon();
    if (servers() != before) notice_servers();
}

void AresResolver::notice_servers() {
    if (!servers_changed_) return;
    servers_changed_timer_ = loop_.after(base::Milliseconds(0), [this] { servers_changed_(); });
}

// Start.

base::Pending AresResolver::ask(DnsQuestion question, base::Deadline deadline, RawDone done) {
    if (servers_.refresh()) notice_servers();
    const std::uint64_t id = ++last_id_;
    Lookup& lookup = lookups_[id];
    lookup.id = id;
    lookup.question = std::move(question);
    lookup.done = std::move(done);
    lookup.deadline = deadline.at;
    lookup.generation = servers_.generation();
    lookup.server = servers_.first();
    if (clock_.mono() >= lookup.deadline) {
        note_verdict(lookup, LookupError{Kind::kTimeout});
    } else {
        start_attempt(lookup);
    }
    return base::Pending(this, cancel, id);
}

void AresResolver::cancel(void* self, std::uint64_t id) noexcept {
    auto& resolver = *static_cast<AresResolver*>(self);
    const auto found = resolver.lookups_.find(id);
    if (found == resolver.lookups_.end()) return;
    if (found->second.waiting) resolver.waiting_.erase(*found->second.waiting);
    // The captures may own what ends up here again: out of the table first.
    const RawDone done = std::move(found->second.done);
    resolver.lookups_.erase(found);
}

// One attempt.

void AresResolver::start_attempt(Lookup& lookup) {
    if (!choose_server(lookup)) {
        const bool overloaded = lookup.sends == 0 && waiting_.size() >= max_waiting_;
        return overloaded ? note_verdict(lookup, LookupError{Kind::kOverloaded}) : wait(lookup);
    }
    const auto now = clock_.mono();
    if (!lookup.give_up) lookup.give_up = now + give_up_after_;
    lookup.attempt_ends = std::min(now + timeout_, *lookup.give_up);
    arm(lookup, std::min(lookup.attempt_ends, lookup.deadline));
    send(lookup);
}

// The lookup's server if it takes more questions, else another that has not failed it.
bool AresResolver::choose_server(Lookup& lookup) {
    follow_servers(lookup);
    const std::size_t count = servers_.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t server = (lookup.server + i) % count;
        if ((lookup.failed & bit(server)) != 0 || servers_.channel(server).full()) continue;
        lookup.server = server;
        return true;
    }
    return false;
}

// The servers may be others than when the lookup last looked.
void AresResolver::follow_servers(Lookup& lookup) {
    if (lookup.generation == servers_.generation()) return;
    lookup.generation = servers_.generation();
    lookup.server = servers_.first();
    lookup.failed = 0;
    lookup.silence = false;
}

void AresResolver::send(Lookup& lookup) {
    ++lookup.sends;
    // Only where a CNAME leads to what is no name at all.
    if (!build_dns_query(ids_.next(), lookup.question, lookup.edns, query_))
        return note_verdict(lookup, LookupError{Kind::kMalformed});
    servers_.channel(lookup.server).send({lookup.id, lookup.sends}, query_);
    if (!events_.empty()) settle_soon();
}

void AresResolver::wait(Lookup& lookup) {
    lookup.waiting = waiting_.insert(waiting_.end(), lookup.id);
    arm(lookup, lookup.give_up ? std::min(*lookup.give_up, lookup.deadline) : lookup.deadline);
}

void AresResolver::send_waiting() {
    while (!waiting_.empty()) {
        Lookup& lookup = lookups_.at(waiting_.front());
        if (!choose_server(lookup)) return;
        waiting_.pop_front();
        lookup.waiting.reset();
        start_attempt(lookup);
    }
}

void AresResolver::arm(Lookup& lookup, base::MonoTime at) {
    lookup.timer = loop_.after(at - clock_.mono(), [this, id = lookup.id] { on_time(id); });
}

void AresResolver::on_time(std::uint64_t id) {
    const auto found = lookups_.find(id);
    if (found == lookups_.end()) return;
    Lookup& lookup = found->second;
    const auto now = clock_.mono();
    if (now >= lookup.deadline || (lookup.give_up && now >= *lookup.give_up))
        return finish(lookup, base::Unexpected(LookupError{Kind::kTimeout}));
    if (lookup.waiting)
        return arm(lookup, lookup.give_up ? std::min(*lookup.give_up, lookup.deadline) : lookup.deadline);
    if (now < lookup.attempt_ends) return arm(lookup, std::min(lookup.attempt_ends, lookup.deadline));
    lookup.silence = true;
    next_server(lookup);
}

// What comes back.

void AresResolver::note(AresChannel::Token token, AresChannel::Status status,
                        std::span<const unsigned char> packet, bool trusted) {
    Event event{token, status, trusted, {}, {}};
    const auto found = lookups_.find(token.lookup);
    if (found == lookups_.end()) return;
    // A late reply to a question before the last CNAME is malformed here, and not the latest: ignored.
    if (status == AresChannel::Status::kReply) event.reply = parse_dns_reply(packet, found->second.question);
    events_.push_back(std::move(event));
}

void AresResolver::note_verdict(const Lookup& lookup, LookupError error) {
    events_.push_back(Event{{lookup.id, lookup.sends}, AresChannel::Status::kReply, false, {}, error});
    settle_soon();
}

void AresResolver::settle_soon() {
    if (!settle_timer_) settle_timer_ = loop_.after(base::Milliseconds(0), [this] { settle(); });
}

void AresResolver::settle() {
    settle_timer_.reset();
    handling_.swap(events_);
    for (Event& event : handling_)
        handle(event);
    handling_.clear();
    send_waiting();
    // Failures inside send(): next turn, so that a caller that asks again and again cannot hold the loop.
    if (!events_.empty()) settle_soon();
}

void AresResolver::handle(Event& event) {
    const auto found = lookups_.find(event.token.lookup);
    if (found == lookups_.end()) return;
    Lookup& lookup = found->second;
    if (event.verdict) return finish(lookup, base::Unexpected(*event.verdict));
    const bool latest = event.token.send == lookup.sends && !lookup.waiting;
    switch (event.status) {
        case AresChannel::Status::kReply:
            return on_reply(lookup, event, latest);
        case AresChannel::Status::kTimeout:
            // c-ares gives up on its own terms; the attempt lasts as long as we said.
            if (latest && clock_.mono() + kAlmostOver < lookup.attempt_ends &&
                lookup.generation == servers_.generation() && !servers_.channel(lookup.server).full())
                send(lookup);
            return;
        case AresChannel::Status::kUnreachable:
            if (!latest) return;
            lookup.silence = true;
            return on_failure(lookup, LookupError{Kind::kUnreachable});
        case AresChannel::Status::kMalformed:
            if (latest) on_failure(lookup, LookupError{Kind::kMalformed});
            return;
    }
}

void AresResolver::on_reply(Lookup& lookup, Event& event, bool latest) {
    const DnsReply& reply = event.reply;
    if (reply.kind != DnsReply::Kind::kServerFailure && reply.kind != DnsReply::Kind::kMalformed)
        return on_answer(lookup, event, latest);
    // A failure of an earlier attempt: the server asked since may do better.
    if (!latest) return;
    if (reply.kind == DnsReply::Kind::kMalformed) return on_failure(lookup, LookupError{Kind::kMalformed});
    if (reply.rcode == ns_r_formerr && lookup.edns == Edns::kYes) {
        lookup.edns = Edns::kNo;
        return start_attempt(lookup);
    }
    on_failure(lookup, LookupError{Kind::kServerFailure, reply.rcode});
}

void AresResolver::on_answer(Lookup& lookup, Event& event, bool latest) {
    DnsReply& reply = event.reply;
    if (latest && lookup.silence && lookup.generation == servers_.generation())
        servers_.prefer(lookup.server);
    lookup.cnames += reply.cnames;
    if (lookup.cnames > kMaxCnames) return finish(lookup, base::Unexpected(LookupError{Kind::kMalformed}));
    if (!event.trusted || reply.authentic == dns::Authentic::kNo) lookup.authentic = dns::Authentic::kNo;
    lookup.ttl = lookup.ttl ? std::min(*lookup.ttl, reply.ttl) : reply.ttl;
    if (reply.kind == DnsReply::Kind::kAlias) {
        lookup.question.name = std::move(reply.canonical);
        lookup.failed = 0;
        return start_attempt(lookup);
    }
    // A reply without CNAMEs is about the name asked for, where those of earlier replies have led.
    if (reply.cnames == 0 && lookup.cnames > 0) reply.canonical = lookup.question.name;
    finish(lookup, Raw{std::move(reply.rdata), lookup.authentic, *lookup.ttl, std::move(reply.canonical)});
}

void AresResolver::on_failure(Lookup& lookup, LookupError error) {
    // That a server could not answer says more than that another could not be reached.
    if (!lookup.error || lookup.error->kind != Kind::kServerFailure) lookup.error = error;
    if (lookup.generation == servers_.generation()) lookup.failed |= bit(lookup.server);
    next_server(lookup);
}

// After this one in the round, except those that have failed; the same one again if it is the only one.
void AresResolver::next_server(Lookup& lookup) {
    if (lookup.generation != servers_.generation()) return start_attempt(lookup);
    const std::size_t count = servers_.size();
    std::size_t next = kNoServer;
    for (std::size_t i = 1; i <= count && next == kNoServer; ++i) {
        const std::size_t server = (lookup.server + i) % count;
        if ((lookup.failed & bit(server)) == 0) next = server;
    }
    if (next == kNoServer) return finish(lookup, base::Unexpected(*lookup.error));
    lookup.server = next;
    start_attempt(lookup);
}

void AresResolver::finish(Lookup& lookup, base::Result<Raw, LookupError> result) {
    if (lookup.waiting) waiting_.erase(*lookup.waiting);
    const RawDone done = std::move(lookup.done);
    lookups_.erase(lookup.id);
    done(std::move(result));
}

}  // namespace app
