// SPDX-License-Identifier: MIT
#pragma once
#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/curl_multi.h"
#include "daemon/adapters/fetch_socket.h"
#include "daemon/adapters/trust_store.h"
#include "lib/base/result.h"
#include "lib/https/fetcher.h"

namespace app {

/// One GET over one connection to one address, as https::Request and the contract of https::Fetcher say. It
/// does not look for addresses, wait in queues or keep the deadline: those are the fetcher's. Loop thread
/// only.
class CurlTransfer {
  public:
    struct Settings {
        std::string host;
        std::string path;
        std::uint16_t port = 443;
        dns::Address address;                ///< where to connect; the name itself is never resolved
        std::size_t body_limit = 0;          ///< bytes
        base::Milliseconds connect_timeout;  ///< for what is missing until TLS stands
        X509StorePtr trust;
        std::string proxy;                  ///< empty for none; else the transfer connects by itself
        std::vector<dns::Address> sources;  ///< local addresses for connecting to the proxy
    };
    struct Outcome {
        base::Result<https::Response, https::FetchError> result;
        /// Through a proxy only: the proxy could not or would not reach the address; another may do.
        bool address_failed = false;
    };
    using Done = std::function<void(Outcome)>;

    /// Begins. `socket` is connected to `address`, or empty where there is a proxy. `done` is called once,
    /// later, not from within libcurl; it may destroy the transfer. Destroying it ends the connection and
    /// calls nothing.
    CurlTransfer(CurlMulti& multi, Settings settings, FetchSocket socket, Done done);
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

  private:
    /// Why the transfer itself told libcurl to stop.
    enum class Stop { kNone, kSawEnough, kTooLarge, kBadHeader };

    void set_request();
    void set_connection();
    void set_tls();
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
    static int on_opened(void* self, curl_socket_t socket, curlsocktype purpose) noexcept;
    static CURLcode on_tls(CURL* easy, void* ssl_context, void* self) noexcept;
    bool take_header(std::string_view line);
    bool end_of_headers();
    bool take_body(std::string_view data);
    void on_done(CURLcode code);
    Outcome outcome(CURLcode code);

    const Settings settings_;
    FetchSocket socket_;
    Done done_;

    https::Response response_;
    std::size_t header_bytes_ = 0;
    bool chunked_ = false;
    bool ends_with_connection_ = false;  // the body has no other end
    bool proxy_tls_begun_ = false;
    bool tls_begun_ = false;   // with the host: the address has accepted the connection
    bool tls_closed_ = false;  // the server has said that nothing follows
    Stop stop_ = Stop::kNone;

    std::array<char, CURL_ERROR_SIZE> error_text_{};
    CurlListPtr connect_to_;
    CurlEasyPtr easy_;
    base::Pending running_;
};

}  // namespace app
