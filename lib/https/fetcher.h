// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/result.h"
#include "lib/dns/address.h"
#include "lib/dns/name.h"

namespace https {

/// GET https://<host>:<port><path>, over TLS verified for `host` (RFC 8461 3.3, RFC 6125: SAN DNS-ID only),
/// connected to one of `addresses`, which are tried until one accepts the connection, both families raced.
/// The port is the adapter's setting. Never a redirect followed, a cookie, a cache, a compression, a proxy
/// from the environment or getaddrinfo.
struct Request {
    dns::Name host;
    std::string path;
    std::vector<dns::Address> addresses;  ///< not empty; already filtered by the caller
    std::size_t body_limit = 0;           ///< bytes; a longer body is kTooLarge, never a cut
};

/// What came, whatever the status. Where the status is not 200 the body may be left out.
struct Response {
    int status = 0;
    std::string content_type;      ///< the field's value as sent; empty without one
    std::string content_encoding;  ///< likewise
    std::string body;
};

/// No response.
struct FetchError {
    enum class Kind : std::uint8_t {
        kConnect,          ///< no address accepted the connection, or it broke off
        kTimeout,          ///< the deadline or the connect timeout passed
        kTlsUntrusted,     ///< the chain does not lead to a trusted CA
        kTlsExpired,       ///< a certificate is expired or not yet valid
        kTlsNameMismatch,  ///< no SAN DNS-ID fits the host
        kTlsOther,         ///< no common version, alert, anything else of TLS
        kTooLarge,         ///< the body passed body_limit
        kHttp,             ///< what came is not HTTP, or its headers are too long
    };
    Kind kind = Kind::kConnect;
    int detail = 0;    ///< X.509 verification code for the kTls kinds, else the library's code; 0 unknown
    std::string text;  ///< for people: one line, printable
};

/// Fetches over HTTPS. Starting returns a Pending; the callback comes later, once, on the loop's thread, no
/// later than `deadline`, and never after the Pending is gone. The fetcher must outlive its Pendings. It
/// queues what passes its limits of concurrency; the deadline runs while a request waits.
class Fetcher {
  public:
    virtual ~Fetcher() = default;
    using Done = std::function<void(base::Result<Response, FetchError>)>;
    [[nodiscard]] virtual base::Pending get(const Request& request, base::Deadline deadline, Done done) = 0;
};

}  // namespace https
