// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/ssl.h>

#include <cstddef>
#include <string>
#include <vector>

#include "lib/base/clock.h"

namespace ctl {

/// What a server showed in a TLS handshake, as values. The strings are the server's: any bytes.
struct TlsFacts {
    static constexpr std::size_t kMaxNames = 100;

    struct Certificate {
        std::string der, spki;  ///< DER: the whole, and its SubjectPublicKeyInfo
    };

    std::string version;             ///< "TLSv1.3"
    int verify_error = 0;            ///< X509_V_OK, or the first error of the chain; names are not in it
    std::vector<Certificate> chain;  ///< as sent: the server's own first
    std::string common_name;
    std::vector<std::string> names;  ///< SAN DNS-IDs, the first kMaxNames
    bool name_fits = false;          ///< one of them is for the host; a common name never counts
    bool self_signed = false;
    base::WallTime not_before{}, not_after{};  ///< of the server's own certificate
};

/// Of a connection whose handshake is over, and whose SSL has the trusted store but does not refuse.
TlsFacts tls_facts(SSL* ssl, const std::string& host);

}  // namespace ctl
