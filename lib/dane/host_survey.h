// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/dane/findings.h"
#include "lib/dns/address.h"
#include "lib/dns/name.h"
#include "lib/dns/resolver.h"

namespace dane {

/// The operation that surveys one host: its addresses, both families at once; where they are insecure behind
/// a CNAME, that CNAME alone; then the TLSA records of its base domains, one after the other (RFC 7672 2.2.2
/// and 2.2.3, RFC 7671 7). Started by construction; calls `done` once, later, unless destroyed first. Each
/// lookup has its own deadline, the whole has none: the owner may ask at any time how things stand. Loop
/// thread only.
class HostSurvey {
  public:
    struct Task {
        dns::Name host;
        std::uint16_t port;
        base::Milliseconds dns_time;  ///< for each lookup
    };
    struct Outcome {
        Host host;  ///< without its preference
        /// Smallest TTL of the answers that came; nothing where none did.
        std::optional<base::Seconds> ttl;
    };
    using Done = std::function<void(Outcome)>;

    HostSurvey(const base::Clock& clock, dns::Resolver& resolver, Task task, Done done);
    ~HostSurvey();
    HostSurvey(const HostSurvey&) = delete;
    HostSurvey& operator=(const HostSurvey&) = delete;

    /// What can be said of the host where time is up: it has failed, with what is known so far.
    Outcome given_up() const;

  private:
    using Addresses = dns::Lookup<dns::Address>;

    void on_addresses(std::optional<Addresses>& family, Addresses answer);
    void weigh_addresses();
    const dns::Answer<dns::Address>* weakest_addresses() const;
    void without_addresses();
    void ask_cname();
    void on_cname(const dns::Lookup<dns::Cname>& answer);
    void ask_tlsa();
    void on_tlsa(const dns::Name& base_domain, const dns::Lookup<dns::Tlsa>& answer);
    void fail(dns::LookupError error);
    void finish(Host::Status status);
    void count(base::Seconds ttl);
    base::Deadline deadline() const;

    const base::Clock& clock_;
    dns::Resolver& resolver_;
    Task task_;
    Done done_;
    Outcome outcome_;  ///< `may_bind` is kept as if it failed now
    std::optional<Addresses> v4_, v6_;
    std::vector<dns::Name> base_domains_;  ///< still to be asked, the last one first
    base::Pending v4_pending_, v6_pending_, cname_pending_, tlsa_pending_;
};

}  // namespace dane
