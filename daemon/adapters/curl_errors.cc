// SPDX-License-Identifier: MIT
#include "daemon/adapters/curl_errors.h"

#include <openssl/x509_vfy.h>

#include <utility>

namespace app {

namespace {

using Kind = https::FetchError::Kind;

Kind kind_of_verification(long result) {
    switch (result) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return Kind::kTlsExpired;
        case X509_V_ERR_HOSTNAME_MISMATCH:
            return Kind::kTlsNameMismatch;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        case X509_V_ERR_INVALID_CA:
        case X509_V_ERR_PATH_LENGTH_EXCEEDED:
        case X509_V_ERR_CERT_UNTRUSTED:
        case X509_V_ERR_CERT_REJECTED:
            return Kind::kTlsUntrusted;
        default:
            return Kind::kTlsOther;
    }
}

Kind kind_of(CURLcode code) {
    switch (static_cast<int>(code)) {  // int: CURLE_TOO_LARGE is not in older headers
        case CURLE_OPERATION_TIMEDOUT:
            return Kind::kTimeout;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_CLIENTCERT:
            return Kind::kTlsOther;
        case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9, that is: no status line
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_OUT_OF_MEMORY:  // a header line without an end
        case 100:                  // CURLE_TOO_LARGE: the same, from 8.6
            return Kind::kHttp;
        default:
            return Kind::kConnect;
    }
}

}  // namespace

https::FetchError to_fetch_error(CURLcode code, long verify_result, std::string_view text) {
    https::FetchError error;
    if (text.empty()) text = curl_easy_strerror(code);
    if (code == CURLE_PEER_FAILED_VERIFICATION && verify_result > X509_V_ERR_UNSPECIFIED) {
        error.kind = kind_of_verification(verify_result);
        error.detail = static_cast<int>(verify_result);
        error.text = one_line(std::string("certificate: ") + X509_verify_cert_error_string(verify_result));
        return error;
    }
    error.kind = kind_of(code);
    error.detail = error.kind == Kind::kTlsOther ? 0 : static_cast<int>(code);
    error.text = one_line(text);
    return error;
}

std::string one_line(std::string_view text) {
    constexpr std::size_t kLongest = 200;
    std::string line(text.substr(0, kLongest));
    for (char& c : line)
        if (c < ' ' || c > '~') c = '?';
    return line;
}

}  // namespace app
