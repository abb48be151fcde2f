// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ctl/check/tls_probe.h"
#include "lib/dane/findings.h"
#include "lib/dns/self_test.h"
#include "lib/sts/discovery.h"

namespace ctl {

/// The addresses of a host, as asked for.
struct AddressFacts {
    std::vector<dns::Address> all;
    std::vector<dns::Address> usable;       ///< public ones, and those of https.allow_networks
    std::optional<dns::LookupError> error;  ///< of one family or both
    std::string alias;                      ///< where a CNAME leads; empty: there is none
};

/// What was seen at one address.
struct AddressProbe {
    dns::Address address;
    ProbeResult result;
};

/// One MX host.
struct MailHostFacts {
    dane::Host survey;  ///< its name, preference, and what DNSSEC says
    bool is_name = true;
    AddressFacts addresses;
    std::vector<dns::Tlsa> tlsa;       ///< of survey.base_domain
    std::vector<AddressProbe> probes;  ///< of the first few addresses
};

/// All that a check of a domain has seen. Nothing is judged yet: that is for judge.h.
struct CheckFacts {
    explicit CheckFacts(dns::Name name) : domain(std::move(name)) {}

    dns::Name domain;
    base::WallTime now{};
    std::uint16_t smtp_port = 25;

    dns::Lookup<dns::Txt> record{dns::Answer<dns::Txt>{}};
    sts::Found found;
    AddressFacts policy_host;
    std::optional<https::Response> response;
    std::string fetch_text;  ///< why there is none
    ProbeResult policy_probe;

    dns::Lookup<dns::Mx> mx{dns::Answer<dns::Mx>{}};
    bool mx_secure = false;
    std::vector<MailHostFacts> hosts;

    dns::Lookup<dns::Txt> reports{dns::Answer<dns::Txt>{}};
    std::optional<dns::SelfTest::Outcome> resolver;

    bool has_policy() const { return found.policy_state == sts::Found::PolicyState::kFetched; }
    /// Whether some pattern of the policy, which there is, fits the host.
    bool covered(const std::string& host) const;
};

}  // namespace ctl
