// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/dane/findings.h"
#include "lib/dane/host_survey.h"
#include "lib/dane/mx_hosts.h"
#include "lib/dns/name.h"
#include "lib/dns/resolver.h"

namespace dane {

/// The operation that surveys a next hop: MX (unless the host itself is the next hop), then for each host its
/// addresses, then its TLSA records (RFC 7672 2.2, RFC 7671 7; null MX RFC 7505; implicit MX RFC 5321 5.1).
/// Several hosts at a time. Finds out only: knows no cache and decides nothing. An answer counts as secure
/// only if the resolver says so. Started by construction; calls `done` once, later, unless destroyed first.
/// Loop thread only.
class Survey {
  public:
    struct Services {
        const base::Clock& clock;
        base::Timers& timers;
        dns::Resolver& resolver;
    };
    struct Options {
        base::Milliseconds dns_time{6000};  ///< for each lookup
        /// For the whole: three lookups in a row. A host that is not known by then has failed.
        base::Milliseconds total_time{18000};
    };
    struct Task {
        dns::Name host;           ///< the next hop
        std::uint16_t port = 25;  ///< of the TLSA names
        bool by_mx = true;        ///< false: "[host]", no MX lookup; counts as a secure MX RRset
    };
    using Done = std::function<void(Findings)>;

    /// Hosts looked at, the most preferred ones; no sender tries as many.
    static constexpr std::size_t kMaxHosts = 64;
    /// Hosts under way at a time.
    static constexpr std::size_t kParallel = 8;

    Survey(Services services, const Options& options, Task task, Done done);
    ~Survey();
    Survey(const Survey&) = delete;
    Survey& operator=(const Survey&) = delete;

  private:
    void on_mx(const dns::Lookup<dns::Mx>& answer);
    void begin(std::vector<MxHost> targets);
    void start_hosts();
    void on_host(std::size_t index, HostSurvey::Outcome outcome);
    void keep(std::size_t index, HostSurvey::Outcome outcome);
    void give_up();
    void fail(dns::LookupError error);
    void finish();
    void count(base::Seconds ttl);

    Services services_;
    Options options_;
    Task task_;
    Done done_;
    Findings findings_;
    std::optional<base::Seconds> ttl_;
    std::vector<MxHost> targets_;  ///< as findings_.hosts; empty until the MX answer is there
    std::size_t next_ = 0;         ///< the first target that has not been started
    std::map<std::size_t, std::unique_ptr<HostSurvey>> under_way_;
    base::Pending mx_pending_, end_pending_;
};

}  // namespace dane
