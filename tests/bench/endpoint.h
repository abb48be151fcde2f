// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace bench {

/// Where a socketmap server listens: "inet:127.0.0.1:8461" or "unix:/path". Both throw std::runtime_error.
/// The descriptors are non-blocking (after the connection is made) and the caller's.
int connect_to(const std::string& endpoint);
int listen_at(const std::string& endpoint);

}  // namespace bench
