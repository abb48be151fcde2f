// SPDX-License-Identifier: MIT
#include "ctl/check/tls_probe.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "ctl/check/route.h"

namespace ctl {
namespace {

using State = ProbeResult::State;

std::vector<dns::Address> with_route(const std::vector<dns::Address>& addresses) {
    std::vector<dns::Address> out;
    std::copy_if(addresses.begin(), addresses.end(), std::back_inserter(out), has_route);
    return out;
}

std::string reason_of_openssl() {
    const unsigned long code = ERR_peek_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "the server broke the connection off" : reason;
}

}  // namespace

TlsProbe::TlsProbe(Services services, Task task, Done done)
    : services_(services),
      task_(std::move(task)),
      connect_{task_.time, task_.port, task_.sources},
      done_(std::move(done)),
      dialogue_(task_.own_name) {
    std::vector<dns::Address> order = app::connect_order(with_route(task_.addresses));
    if (order.empty()) {
        const State state = task_.addresses.empty() ? State::kNotTried : State::kNoRoute;
        end_ = services_.loop.after(base::Milliseconds{0}, [this, state] { finish(state, ""); });
        return;
    }
    end_ = services_.loop.after(task_.time, [this] { on_time(); });
    race_.emplace(services_.loop, services_.clock, services_.queue, connect_, std::move(order),
                  [this](app::ConnectRace::Outcome outcome) { on_connected(std::move(outcome)); });
}

TlsProbe::~TlsProbe() = default;

void TlsProbe::on_connected(app::ConnectRace::Outcome outcome) {
    if (!outcome) {
        const bool silent = outcome.error().kind == https::FetchError::Kind::kTimeout;
        return finish(silent ? State::kNoAnswer : State::kNoConnection, outcome.error().text);
    }
    app::ConnectRace::Connected connected = std::move(outcome).value();
    race_.reset();
    slot_ = std::move(connected.slot);
    socket_ = std::move(connected.socket);
    result_.connected = true;
    try {
        watch_.emplace(services_.loop, socket_.get(), app::Interest::kRead,
                       [this](app::Readiness) { on_ready(); });
    } catch (const std::runtime_error& error) {
        return finish(State::kNoConnection, error.what());
    }
    if (!task_.smtp) start_tls();
}

void TlsProbe::on_ready() {
    if (ssl_) return shake_hands();
    if (!unsent_.empty()) return send_rest();
    converse();
}

/// One read a turn: a server that sends without end does not keep the others waiting.
void TlsProbe::converse() {
    std::array<char, 4096> part;
    const ssize_t got = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) return finish(State::kHandshake, std::generic_category().message(errno));
    if (got == 0) return finish(State::kHandshake, "the server closed the connection before TLS");
    advance(dialogue_.take({part.data(), static_cast<std::size_t>(got)}));
}

void TlsProbe::advance(SmtpDialogue::Step step) {
    switch (step) {
        case SmtpDialogue::Step::kRead:
            return;
        case SmtpDialogue::Step::kSend:
            unsent_ = dialogue_.command();
            return send_rest();
        case SmtpDialogue::Step::kStartTls:
            return start_tls();
        case SmtpDialogue::Step::kFailed:
            result_.smtp = dialogue_.failure();
            return finish(State::kSmtp, dialogue_.text());
    }
}

void TlsProbe::send_rest() {
    const ssize_t sent = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        return finish(State::kHandshake, std::generic_category().message(errno));
    if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
    watch_->set(unsent_.empty() ? app::Interest::kRead : app::Interest::kWrite);
    // A server that cannot wait has answered already.
    if (unsent_.empty()) advance(dialogue_.take({}));
}

void TlsProbe::start_tls() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (context_) SSL_CTX_set1_cert_store(context_.get(), services_.trust.share().get());
    ssl_.reset(context_ ? SSL_new(context_.get()) : nullptr);
    if (!ssl_) return finish(State::kHandshake, "out of memory");
    SSL_set_min_proto_version(ssl_.get(), TLS1_2_VERSION);
    // The chain is verified all the same, and the result kept: a bad one is what is looked for here.
    SSL_set_verify(ssl_.get(), SSL_VERIFY_NONE, nullptr);
    SSL_set_tlsext_host_name(ssl_.get(), task_.host.c_str());
    SSL_set_fd(ssl_.get(), socket_.get());
    SSL_set_connect_state(ssl_.get());
    shake_hands();
}

void TlsProbe::shake_hands() {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) {
        result_.tls = tls_facts(ssl_.get(), task_.host);
        if (task_.smtp) SSL_write(ssl_.get(), "QUIT\r\n", 6);  // politeness: nobody waits for the answer
        ERR_clear_error();
        return finish(State::kTls, "");
    }
    switch (SSL_get_error(ssl_.get(), done)) {
        case SSL_ERROR_WANT_READ:
            watch_->set(app::Interest::kRead);
            return;
        case SSL_ERROR_WANT_WRITE:
            watch_->set(app::Interest::kWrite);
            return;
        default:
            return finish(State::kHandshake, reason_of_openssl());
    }
}

void TlsProbe::on_time() {
    finish(State::kNoAnswer, result_.connected ? "connected, but no answer in time" : "no answer in time");
}

// The only exit. The callback may destroy this object: nothing of it is touched afterwards. Called from
// within callbacks of the watch and the race too, which do not touch themselves afterwards either.
void TlsProbe::finish(State state, std::string text) {
    result_.state = state;
    result_.text = std::move(text);
    end_.reset();
    watch_.reset();
    race_.reset();
    ssl_.reset();
    socket_ = app::FetchSocket();
    slot_.reset();
    const Done done = std::move(done_);
    done(std::move(result_));
}

}  // namespace ctl
