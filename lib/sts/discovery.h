// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/dns/resolver.h"
#include "lib/https/fetcher.h"
#include "lib/sts/failure.h"
#include "lib/sts/policy.h"
#include "lib/sts/record.h"

namespace sts {

/// What one round of record, addresses and fetch has found out (RFC 8461 3.1 to 3.3).
struct Found {
    /// The record.
    enum class RecordState : std::uint8_t {
        kLive,     ///< one good record: `id`
        kNone,     ///< the DNS denies it, or what is there is no record: `record_error`
        kUnknown,  ///< the DNS could not be asked: `lookup_error`
    };
    RecordState record = RecordState::kUnknown;
    std::string id;
    std::string record_text;  ///< the record as published, at most 512 bytes of it; for `explain`
    RecordError record_error = RecordError::kNone;
    dns::LookupError lookup_error;
    base::Seconds record_ttl{0};  ///< TTL of the record or of its denial

    /// The policy.
    enum class PolicyState : std::uint8_t {
        kNotAsked,  ///< no reason to fetch: no live record, or its id is the known one
        kHeldBack,  ///< the id is the one whose fetch failed a short while ago
        kFetched,   ///< `policy`, `body`
        kFailed,    ///< `failure`
    };
    PolicyState policy_state = PolicyState::kNotAsked;
    Policy policy;
    std::string body;
    FetchFailure failure;
};

/// The operation that looks a domain's policy up: the TXT record, then, where it asks for it, the addresses
/// of `mta-sts.<domain>` and the policy. Finds out only: it knows no cache and decides nothing. Started by
/// construction; calls `done` once, later, unless destroyed first. Loop thread only.
class Discovery {
  public:
    struct Services {
        const base::Clock& clock;
        base::Timers& timers;
        dns::Resolver& resolver;
        https::Fetcher& fetcher;
    };
    struct Options {
        base::Milliseconds dns_time{6000};     ///< for each lookup (dns.timeout x dns.attempts)
        base::Milliseconds fetch_time{60000};  ///< for addresses known to body read (https.timeout)
        std::vector<dns::Network>
            allow_networks;  ///< refused addresses that may be connected to all the same
    };
    struct Task {
        dns::Name domain;
        std::string known_id;       ///< id of the cached policy; empty: none
        std::string held_back_id;   ///< id that must not be fetched now; empty: none
        bool fetch_always = false;  ///< refresh: fetch whatever the record says, even where there is none
    };
    using Done = std::function<void(Found)>;

    Discovery(Services services, const Options& options, Task task, Done done);
    ~Discovery();
    Discovery(const Discovery&) = delete;
    Discovery& operator=(const Discovery&) = delete;

  private:
    void on_record(const dns::Lookup<dns::Txt>& answer);
    void read_record(const dns::Lookup<dns::Txt>& answer);
    void resolve_host();
    void on_addresses(const dns::Lookup<dns::Address>& answer);
    void fetch();
    bool may_connect(const dns::Address& address) const;
    void on_response(base::Result<https::Response, https::FetchError> response);
    void fail(FetchFailure failure);
    void finish();
    base::Deadline deadline_in(base::Milliseconds time) const;

    Services services_;
    const Options& options_;
    Task task_;
    Done done_;
    Found found_;
    std::optional<dns::Name> host_;
    std::vector<dns::Address> addresses_;
    std::optional<dns::LookupError> address_error_;
    int families_open_ = 0;
    base::Pending record_pending_, v4_pending_, v6_pending_, fetch_pending_;
};

}  // namespace sts
