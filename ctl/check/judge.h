// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

#include "ctl/check/facts.h"
#include "ctl/finding.h"

namespace ctl {

// From what was seen to what is right and wrong with it: pure functions, one a group of points. Whatever is
// not right has a remedy. What could not be looked at from here is a warning, not a fault of the domain.

/// All groups, in the order in which they are best mended.
Findings judge(const CheckFacts& facts);
/// "Record", "Policy host" ...: the heading that a point stands under.
std::string_view heading_of(std::string_view point);

Findings judge_record(const CheckFacts& facts);       ///< record
Findings judge_policy_host(const CheckFacts& facts);  ///< policy-host, certificate, policy-file
Findings judge_policy(const CheckFacts& facts);       ///< policy, mode, max-age, pattern
Findings judge_mail_hosts(const CheckFacts& facts);   ///< mx, mx-host, mx-policy
Findings judge_starttls(const CheckFacts& facts);     ///< starttls, mx-certificate
Findings judge_reports(const CheckFacts& facts);      ///< tlsrpt
Findings judge_dane(const CheckFacts& facts);         ///< resolver, dane

/// A certificate that is to be trusted, in time, and for `name`; one finding for each way in which it is not.
Findings judge_certificate(const TlsFacts& tls, const std::string& name, base::WallTime now,
                           const std::string& point, const std::string& host);

/// What to do where this host has no way to any of the addresses.
std::string remedy_for_no_route(const std::vector<dns::Address>& addresses);

/// "192.0.2.1, 2001:db8::1".
std::string text_of(const std::vector<dns::Address>& addresses);
/// The first few of them, and how many more there are.
std::string some_of(const std::vector<std::string>& names);

}  // namespace ctl
