// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/test_ca.h"

namespace testing_support {

class LoopbackHttps;

/// One connection at the server's end, for a script to misbehave with. Lives on the connection's own thread;
/// every call returns at once when the server is being destroyed. The connection is closed, without a TLS
/// close, when the script returns.
class Peer {
  public:
    /// The server's side of TLS. False where it fails.
    bool handshake();
    /// TLS within the TLS that stands, as a host behind a proxy; what follows goes through it.
    bool handshake_within();
    /// Reads the head of a request; false where the client is gone. The server keeps its text.
    bool read_request();
    bool read_raw_request();                                 ///< the same around TLS, as a proxy hears it
    std::string read_raw(std::size_t size);                  ///< that many bytes; fewer at the end
    const std::string& request() const { return request_; }  ///< the last that was read
    bool send(std::string_view data);                        ///< through TLS
    bool send_raw(std::string_view data);                    ///< around it
    void close_tls();                                        ///< says the end of the data, as TLS demands it
    void reset();                                            ///< ends with a TCP reset
    /// Waits until the client has closed the connection.
    void wait_until_closed();
    /// Lets `milliseconds` pass; false as soon as the client has closed the connection.
    bool idle(int milliseconds);

  private:
    friend class LoopbackHttps;
    Peer(LoopbackHttps& server, int descriptor);
    ~Peer();
    bool accept_tls();
    struct SslFree {
        void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    };
    LoopbackHttps& server_;
    int descriptor_;
    std::string request_;
    std::unique_ptr<SSL, SslFree> outer_;
    std::unique_ptr<SSL, SslFree> ssl_;
};

/// A HTTPS server on loopback that does to each connection what its script says, on threads of its own.
class LoopbackHttps {
  public:
    using Script = std::function<void(Peer&)>;
    struct Options {
        std::string address = "127.0.0.1";
        std::uint16_t port = 0;  ///< 0: the kernel chooses
        int highest_tls = 0;     ///< for example TLS1_1_VERSION; 0: as OpenSSL likes
    };

    /// Throws std::runtime_error where it cannot listen.
    LoopbackHttps(Identity identity, Script script);
    LoopbackHttps(Identity identity, Script script, const Options& options);
    ~LoopbackHttps();
    LoopbackHttps(const LoopbackHttps&) = delete;
    LoopbackHttps& operator=(const LoopbackHttps&) = delete;

    std::uint16_t port() const { return port_; }
    int accepted() const;                       ///< TCP connections
    int tls_begun() const;                      ///< of them, those that have sent a first byte to handshake()
    int open() const;                           ///< connections that are not closed yet
    int most_open() const;                      ///< the most at one time
    std::vector<std::string> clients() const;   ///< address of each connection
    std::vector<std::string> requests() const;  ///< heads as received
    std::vector<std::string> server_names() const;  ///< SNI of each finished handshake

  private:
    friend class Peer;
    void accept_loop();
    void serve(int descriptor);

    struct ContextFree {
        void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    };
    const Identity identity_;
    const Script script_;
    std::unique_ptr<SSL_CTX, ContextFree> context_;
    int listener_ = -1;
    std::uint16_t port_ = 0;

    mutable std::mutex mutex_;  // guards what follows
    bool stopping_ = false;
    int accepted_ = 0;
    int tls_begun_ = 0;
    std::size_t most_open_ = 0;
    std::set<int> open_;
    std::vector<std::string> clients_;
    std::vector<std::string> requests_;
    std::vector<std::string> server_names_;
    std::vector<std::thread> connections_;

    std::thread acceptor_;
};

/// A script: handshake, request, `response` as it is, TLS close.
LoopbackHttps::Script respond(std::string response);
/// "HTTP/1.1 200 OK", text/plain, Content-Length and `body`.
std::string ok_response(std::string_view body);

/// A TCP port on loopback whose connections nobody accepts and whose queue is full: connecting to it gets no
/// answer, as from a dead host.
class SilentPort {
  public:
    SilentPort(const std::string& address, std::uint16_t port);
    ~SilentPort();
    SilentPort(const SilentPort&) = delete;
    SilentPort& operator=(const SilentPort&) = delete;
    std::uint16_t port() const { return port_; }

  private:
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::vector<int> fillers_;
};

}  // namespace testing_support
