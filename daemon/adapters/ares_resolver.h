// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/adapters/ares_query_ids.h"
#include "daemon/adapters/ares_servers.h"
#include "daemon/adapters/dns_counts.h"
#include "daemon/adapters/dns_message.h"
#include "daemon/adapters/event_loop.h"
#include "lib/base/clock.h"
#include "lib/dns/resolver.h"

namespace app {

/// dns::Resolver on c-ares. Asks a caching resolver near by, does not recurse or validate itself.
///
/// Each question goes to the first server, and to the next where that one fails: at once for an error
/// (SERVFAIL, REFUSED, a closed port), after `timeout` for silence; a late reply still counts. It ends with
/// kTimeout after `timeout` x `attempts` from when it was first sent, or at the caller's deadline if that is
/// earlier, and with an error as soon as every server has failed.
///
/// At most 1,000 questions a server are out; more wait, up to `max_waiting`; beyond that the lookup ends with
/// kOverloaded.
///
/// Loop thread only. Destroy it after its Pendings, and not from within one of its callbacks.
class AresResolver final : public dns::Resolver {
  public:
    struct Options {
        /// As parse_dns_server() takes them; empty: resolv.conf's, followed as it changes.
        std::vector<std::string> servers;
        base::Milliseconds timeout{2000};
        int attempts = 3;
        TrustAd trust_ad = TrustAd::kAuto;
        /// Where questions come from: the first of each family counts.
        std::vector<dns::Address> source_addresses;
        std::string resolv_conf = "/etc/resolv.conf";
        std::size_t max_waiting = 10'000;
    };

    /// Throws std::invalid_argument for a server that is none, std::runtime_error where c-ares cannot be set
    /// up.
    AresResolver(EventLoop& loop, const base::Clock& clock, const Options& options);
    ~AresResolver() override;

    [[nodiscard]] base::Pending txt(const dns::Name& name, base::Deadline deadline,
                                    Done<dns::Txt> done) override;
    [[nodiscard]] base::Pending addresses(const dns::Name& host, dns::Family family, base::Deadline deadline,
                                          Done<dns::Address> done) override;
    [[nodiscard]] base::Pending mx(const dns::Name& name, base::Deadline deadline,
                                   Done<dns::Mx> done) override;
    [[nodiscard]] base::Pending tlsa(const dns::Name& name, base::Deadline deadline,
                                     Done<dns::Tlsa> done) override;
    [[nodiscard]] base::Pending ns(const dns::Name& name, base::Deadline deadline,
                                   Done<dns::Ns> done) override;
    [[nodiscard]] base::Pending cname(const dns::Name& name, base::Deadline deadline,
                                      Done<dns::Cname> done) override;

    /// Other options for lookups from now on; those under way keep their callers, and ask the new servers if
    /// they must ask again. Throws as the constructor does, and then nothing has changed.
    void reconfigure(const Options& options);

    /// Calls `changed`, from the loop, each time the servers, or the trust in them, are others: after
    /// reconfigure(), and when a lookup finds resolv.conf changed (it is looked at only then).
    void on_servers_changed(std::function<void()> changed) { servers_changed_ = std::move(changed); }

    /// The servers in use, for people: "127.0.0.1:53 trusted".
    std::vector<std::string> servers() const { return servers_.texts(); }
    /// Lookups that have not called back yet.
    std::size_t under_way() const { return lookups_.size(); }
    /// Lookups that have called back, since the start.
    const DnsCounts& counts() const { return counts_; }

  private:
    struct Raw {
        std::vector<std::string> rdata;
        dns::Authentic authentic;
        base::Seconds ttl;
        std::string canonical;
    };
    using RawDone = std::function<void(base::Result<Raw, dns::LookupError>)>;

    struct Lookup {
        std::uint64_t id = 0;
        DnsQuestion question;
        RawDone done;
        base::MonoTime deadline;
        std::optional<base::MonoTime> give_up;  // set when first sent
        base::MonoTime attempt_ends;
        base::Pending timer;

        std::uint32_t sends = 0;  // also the number of the latest one
        Edns edns = Edns::kYes;
        std::optional<std::list<std::uint64_t>::iterator> waiting;

        std::uint64_t generation = 0;  // of the servers that the next three speak of
        std::size_t server = 0;
        std::uint64_t failed = 0;  // a bit per server
        bool silence = false;      // a server before this one did not answer at all
        std::optional<dns::LookupError> error;

        dns::Authentic authentic = dns::Authentic::kYes;
        std::optional<base::Seconds> ttl;
        int cnames = 0;
    };

    /// What a channel, or send() itself, has to say of a lookup; handled once c-ares is off the stack.
    struct Event {
        AresChannel::Token token;
        AresChannel::Status status = AresChannel::Status::kReply;
        bool trusted = false;
        DnsReply reply;
        std::optional<dns::LookupError> verdict;
    };

    template <class Record, class Read>
    base::Pending ask_for(const dns::Name& name, std::uint16_t type, base::Deadline deadline,
                          Done<Record> done, Read read);
    base::Pending ask(DnsQuestion question, base::Deadline deadline, RawDone done);
    static void cancel(void* self, std::uint64_t id) noexcept;

    void start_attempt(Lookup& lookup);
    void send(Lookup& lookup);
    void wait(Lookup& lookup);
    void send_waiting();
    bool choose_server(Lookup& lookup);
    void follow_servers(Lookup& lookup);
    void arm(Lookup& lookup, base::MonoTime at);

    void note(AresChannel::Token token, AresChannel::Status status, std::span<const unsigned char> packet,
              bool trusted);
    void note_verdict(const Lookup& lookup, dns::LookupError error);
    void settle();
    void settle_soon();
    void notice_servers();
    void handle(Event& event);
    void on_time(std::uint64_t id);
    void on_reply(Lookup& lookup, Event& event, bool latest);
    void on_answer(Lookup& lookup, Event& event, bool latest);
    void on_failure(Lookup& lookup, dns::LookupError error);
    void next_server(Lookup& lookup);
    void finish(Lookup& lookup, base::Result<Raw, dns::LookupError> result);

    EventLoop& loop_;
    const base::Clock& clock_;
    base::Milliseconds timeout_;
    base::Milliseconds give_up_after_;
    std::size_t max_waiting_;
    AresQueryIds ids_;
    std::unordered_map<std::uint64_t, Lookup> lookups_;
    std::uint64_t last_id_ = 0;
    std::list<std::uint64_t> waiting_;
    std::vector<unsigned char> query_;
    DnsCounts counts_;
    std::vector<Event> events_, handling_;
    base::Pending settle_timer_;
    std::function<void()> servers_changed_;
    base::Pending servers_changed_timer_;
    AresServers servers_;  // last: its channels call back here until they are gone
};

}  // namespace app
