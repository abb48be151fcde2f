// SPDX-License-Identifier: MIT
#pragma once
#include "lib/dns/address.h"

namespace ctl {

/// Whether this host has a way to send to the address: false for IPv6 on a host without it. Sends nothing.
bool has_route(const dns::Address& address);

}  // namespace ctl
