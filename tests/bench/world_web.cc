// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>

#include <stdexcept>

#include "tests/bench/world.h"

namespace bench {

using testing_support::Certificate;
using testing_support::CertificateRequest;
using testing_support::Identity;

/// One connection, from accept to the last byte of the reply.
struct PolicyHosts::Visit {
    PolicyHosts& hosts;
    bufferevent* buffer;
    base::Pending later{};
    std::size_t sent = 0;  // of the reply of a slow host
};

namespace {

constexpr base::Milliseconds kBetweenBytes{100};

std::string response() {
    const std::string body =
        "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800\n";
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

PolicyHosts::PolicyHosts(app::EventLoop& loop, const testing_support::TestCa& ca, std::uint16_t port,
                         base::Milliseconds delay)
    : loop_(loop), ca_(ca), delay_(delay), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_tlsext_servername_callback(context_, &PolicyHosts::choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(context_, this);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_ANY);
    listener_ = evconnlistener_new_bind(loop.base(), &PolicyHosts::on_accept, this,
                                        LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 4096,
                                        reinterpret_cast<const sockaddr*>(&name), sizeof name);
    if (listener_ == nullptr) throw std::runtime_error("cannot listen on port " + std::to_string(port));
}

PolicyHosts::~PolicyHosts() {
    for (const auto& [buffer, visit] : visits_)
        bufferevent_free(buffer);
    evconnlistener_free(listener_);
    SSL_CTX_free(context_);
}

int PolicyHosts::choose_certificate(SSL* ssl, int*, void* self) {
    auto& hosts = *static_cast<PolicyHosts*>(self);
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) return SSL_TLSEXT_ERR_ALERT_FATAL;
    auto found = hosts.identities_.find(name);
    if (found == hosts.identities_.end()) {
        CertificateRequest request;
        request.dns = {name};
        found = hosts.identities_.emplace(name, hosts.ca_.issue(request)).first;
    }
    const Identity& identity = found->second;
    SSL_use_certificate(ssl, identity.certificate.get());
    SSL_use_PrivateKey(ssl, identity.key.get());
    for (const Certificate& certificate : identity.chain)
        SSL_add1_chain_cert(ssl, certificate.get());
    return SSL_TLSEXT_ERR_OK;
}

void PolicyHosts::on_accept(evconnlistener*, evutil_socket_t descriptor, sockaddr*, int, void* self) {
    auto& hosts = *static_cast<PolicyHosts*>(self);
    bufferevent* const buffer =
        bufferevent_openssl_socket_new(hosts.loop_.base(), descriptor, SSL_new(hosts.context_),
                                       BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    auto& visit = hosts.visits_[buffer];
    visit = std::make_unique<Visit>(Visit{hosts, buffer});
    bufferevent_setcb(buffer, &PolicyHosts::on_read, nullptr, &PolicyHosts::on_event, visit.get());
    bufferevent_enable(buffer, EV_READ | EV_WRITE);
}

void PolicyHosts::on_read(bufferevent* buffer, void* context) {
    auto& visit = *static_cast<Visit*>(context);
    evbuffer* const input = bufferevent_get_input(buffer);
    if (evbuffer_search(input, "\r\n\r\n", 4, nullptr).pos < 0) return;
    evbuffer_drain(input, evbuffer_get_length(input));
    if (visit.hosts.delay_ == base::Milliseconds{0}) return visit.hosts.serve(visit);
    visit.later = visit.hosts.loop_.after(visit.hosts.delay_, [&visit] { visit.hosts.serve(visit); });
}

void PolicyHosts::serve(Visit& visit) {
    const char* const name =
        SSL_get_servername(bufferevent_openssl_get_ssl(visit.buffer), TLSEXT_NAMETYPE_host_name);
    if (name != nullptr && std::string_view(name).find(".slow.test") != std::string_view::npos)
        return trickle(visit);
    static const std::string reply = response();
    bufferevent_write(visit.buffer, reply.data(), reply.size());
}

void PolicyHosts::trickle(Visit& visit) {
    static const std::string reply = response();
    bufferevent_write(visit.buffer, &reply[visit.sent], 1);
    if (++visit.sent == reply.size()) return;
    visit.later = loop_.after(kBetweenBytes, [this, &visit] { trickle(visit); });
}

void PolicyHosts::on_event(bufferevent*, short what, void* context) {
    auto& visit = *static_cast<Visit*>(context);
    if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0) visit.hosts.end(visit);
}

void PolicyHosts::end(Visit& visit) {
    bufferevent* const buffer = visit.buffer;
    visits_.erase(buffer);
    bufferevent_free(buffer);
}

}  // namespace bench
