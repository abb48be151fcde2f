// SPDX-License-Identifier: MIT
// CurlTransfer: the options of a transfer, and the callbacks that make its connection.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "daemon/adapters/curl_transfer.h"

namespace app {

namespace {

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::bad_alloc();
}

}  // namespace

void CurlTransfer::set_request() {
    CURL* easy = easy_.get();
    const std::string url =
        "https://" + settings_.host + ":" + std::to_string(settings_.port) + settings_.path;
    set(easy, CURLOPT_URL, url.c_str());
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    set(easy, CURLOPT_PROTOCOLS_STR, "https");
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_USERAGENT, "mta-stsd/" MTASTSD_VERSION);
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    // ACCEPT_ENCODING stays unset: nothing is offered, and what is compressed all the same passes as it is.
    set(easy, CURLOPT_HEADERFUNCTION, on_header);
    set(easy, CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(easy, CURLOPT_WRITEFUNCTION, on_body);
    set(easy, CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(easy, CURLOPT_ERRORBUFFER, error_text_.data());
    set(easy, CURLOPT_NOSIGNAL, 1L);
}

void CurlTransfer::set_connection() {
    CURL* easy = easy_.get();
    // An address as the host to connect to is what keeps the name away from getaddrinfo.
    const bool v6 = settings_.address.family() == dns::Family::kV6;
    const std::string target = "::" + (v6 ? "[" + settings_.address.text() + "]" : settings_.address.text()) +
                               ":" + std::to_string(settings_.port);
    connect_to_.reset(curl_slist_append(nullptr, target.c_str()));
    if (!connect_to_) throw std::bad_alloc();
    set(easy, CURLOPT_CONNECT_TO, connect_to_.get());
    set(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    set(easy, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    set(easy, CURLOPT_SOCKOPTFUNCTION, on_opened);
    set(easy, CURLOPT_SOCKOPTDATA, static_cast<void*>(this));
    const auto timeout = std::max<std::int64_t>(settings_.connect_timeout.count(), 1);
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout));
    set(easy, CURLOPT_FRESH_CONNECT, 1L);
    set(easy, CURLOPT_FORBID_REUSE, 1L);
    // Unset, both come from the environment.
    set(easy, CURLOPT_PROXY, settings_.proxy.c_str());
    set(easy, CURLOPT_NOPROXY, "");
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void CurlTransfer::set_tls() {
    CURL* easy = easy_.get();
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    // A resumed session would not have its certificate looked at again.
    set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    // on_tls() brings the store; libcurl would read the bundle again for each connection.
    set(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr));
    set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
    set(easy, CURLOPT_PROXY_CAINFO, static_cast<char*>(nullptr));
    set(easy, CURLOPT_PROXY_CAPATH, static_cast<char*>(nullptr));
    // libcurl 7.88 fills its CA cache with whatever store is there after on_tls() and puts it over the store
    // of later connections: a reload would never take effect.
    set(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    // It also marks the store so that an intermediate in it would be an anchor; a chain ends at a root.
    set(easy, CURLOPT_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NO_PARTIALCHAIN));
    set(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
    set(easy, CURLOPT_SSL_CTX_DATA, static_cast<void*>(this));
}

curl_socket_t CurlTransfer::on_open(void* self, curlsocktype, curl_sockaddr* address) noexcept {
    auto* transfer = static_cast<CurlTransfer*>(self);
    if (transfer->settings_.proxy.empty()) {
        const int descriptor = transfer->socket_.release();  // a second time there is none: one try
        return descriptor >= 0 ? descriptor : CURL_SOCKET_BAD;
    }
    FetchSocket socket = open_fetch_socket(address->family, transfer->settings_.sources);
    return socket.get() >= 0 ? socket.release() : CURL_SOCKET_BAD;
}

int CurlTransfer::on_opened(void* self, curl_socket_t, curlsocktype) noexcept {
    const auto* transfer = static_cast<CurlTransfer*>(self);
    return transfer->settings_.proxy.empty() ? CURL_SOCKOPT_ALREADY_CONNECTED : CURL_SOCKOPT_OK;
}

CURLcode CurlTransfer::on_tls(CURL*, void* ssl_context, void* self) noexcept {
    auto* transfer = static_cast<CurlTransfer*>(self);
    auto* context = static_cast<SSL_CTX*>(ssl_context);
    SSL_CTX_set1_cert_store(context, transfer->settings_.trust.get());
    // With a proxy that is spoken to in TLS, the first call is for the proxy; libcurl checks its name.
    if (transfer->settings_.proxy.substr(0, 6) == "https:" &&
        !std::exchange(transfer->proxy_tls_begun_, true))
        return CURLE_OK;
    transfer->tls_begun_ = true;
    // libcurl 7.88 takes an end of TCP for an end of TLS.
    SSL_CTX_set_app_data(context, transfer);
    SSL_CTX_set_info_callback(context, [](const SSL* ssl, int where, int alert) {
        if (where == SSL_CB_READ_ALERT && (alert & 0xff) == SSL_AD_CLOSE_NOTIFY)
            static_cast<CurlTransfer*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->tls_closed_ = true;
    });
    // libcurl's own check accepts a subject CN where there is no SAN of type DNS.
    X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(
        rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const std::string& host = transfer->settings_.host;
    return X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 ? CURLE_OK
                                                                             : CURLE_SSL_CERTPROBLEM;
}

}  // namespace app
