// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "ctl/check/tls_facts.h"
#include "lib/dns/records.h"

namespace ctl {

/// Whether a usable one of the records is for the certificates that a server showed: DANE-EE for its own,
/// DANE-TA for any that it sent (RFC 7672 3.1). With DANE-TA the names and times are not looked at here.
bool some_tlsa_fits(const std::vector<dns::Tlsa>& records, const std::vector<TlsFacts::Certificate>& chain);

/// The record that fits this certificate and the next with the same key: "3 1 1 0123...".
std::string fitting_tlsa(const TlsFacts::Certificate& certificate);

}  // namespace ctl
