// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ctl/check/smtp_dialogue.h"
#include "ctl/check/tls_facts.h"
#include "daemon/adapters/fetch_connect.h"
#include "daemon/adapters/trust_store.h"

namespace ctl {

/// What became of one look at a server's TLS.
struct ProbeResult {
    enum class State : std::uint8_t {
        kNotTried,      ///< there is nothing to connect to
        kNoRoute,       ///< this host has no way to any of the addresses
        kNoConnection,  ///< refused, or broken off at once: `text`
        kNoAnswer,      ///< no connection, no word or no handshake before the time was up: `text`
        kSmtp,          ///< SMTP did not come to TLS: `smtp`, `text`
        kHandshake,     ///< the handshake failed, or the server went away: `text`
        kTls,           ///< `tls`
    };
    State state = State::kNotTried;
    bool connected = false;
    SmtpDialogue::Failure smtp = SmtpDialogue::Failure::kNone;
    std::string text;  ///< a reason; the server's words where it has some: any bytes
    TlsFacts tls;
};

/// Connects to one of a host's addresses, speaks SMTP up to STARTTLS where that is wanted, and makes a TLS
/// handshake that believes everything and notes what it saw. Ends within its time whatever the server does;
/// sends nothing but EHLO, STARTTLS, the handshake and QUIT. Started by construction; calls `done` once,
/// later, unless destroyed first. Loop thread only.
class TlsProbe {
  public:
    struct Services {
        app::EventLoop& loop;
        const base::Clock& clock;
        app::FetchQueue& queue;
        const app::TrustStore& trust;
    };
    struct Task {
        std::string host;  ///< canonical: for SNI and the certificate's names
        std::vector<dns::Address> addresses;
        std::uint16_t port = 0;
        bool smtp = false;
        std::string own_name;  ///< for EHLO
        base::Milliseconds time{10'000};
        std::vector<dns::Address> sources{};  ///< as app::ConnectSettings has them
    };
    using Done = std::function<void(ProbeResult)>;

    TlsProbe(Services services, Task task, Done done);
    ~TlsProbe();
    TlsProbe(const TlsProbe&) = delete;
    TlsProbe& operator=(const TlsProbe&) = delete;

  private:
    struct ContextFree {
        void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    };
    struct SslFree {
        void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    };

    void on_connected(app::ConnectRace::Outcome outcome);
    void on_ready();
    void converse();
    void advance(SmtpDialogue::Step step);
    void send_rest();
    void start_tls();
    void shake_hands();
    void on_time();
    void finish(ProbeResult::State state, std::string text);

    Services services_;
    const Task task_;
    const app::ConnectSettings connect_;
    Done done_;
    ProbeResult result_;
    SmtpDialogue dialogue_;
    std::string unsent_;
    base::Pending end_;
    app::FetchQueue::Slot slot_;
    app::FetchSocket socket_;
    std::unique_ptr<SSL_CTX, ContextFree> context_;
    std::unique_ptr<SSL, SslFree> ssl_;
    std::optional<app::Watch> watch_;  // gone before the socket is closed
    std::optional<app::ConnectRace> race_;
};

}  // namespace ctl
