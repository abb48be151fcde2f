// SPDX-License-Identifier: MIT
#pragma once
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <string>

#include "daemon/adapters/event_loop.h"
#include "lib/base/clock.h"
#include "tests/support/loopback_dns.h"
#include "tests/support/test_ca.h"

namespace bench {

/// The DNS of a small Internet in which every domain has a record, a policy host and one MX host, all of it
/// authentic and without TLSA records; those whose name begins with "none" have no record. Policy hosts are
/// spread over `addresses` loopback addresses. Domains below some names differ in one thing: questions below
/// silent.test get no answer; policy hosts below unreachable.test are in 10.255/16; those below slow.test
/// send their policy a byte at a time.
testing_support::DnsReaction answer_dns(const testing_support::DnsQuery& query, unsigned addresses,
                                        base::Milliseconds delay);

/// The policy hosts of that Internet, on all of 127/8: a certificate for whatever name the client asks for,
/// and an enforce policy. Loop thread only.
class PolicyHosts {
  public:
    PolicyHosts(app::EventLoop& loop, const testing_support::TestCa& ca, std::uint16_t port,
                base::Milliseconds delay);
    ~PolicyHosts();
    PolicyHosts(const PolicyHosts&) = delete;
    PolicyHosts& operator=(const PolicyHosts&) = delete;

  private:
    struct Visit;
    static int choose_certificate(SSL* ssl, int* alert, void* self);
    static void on_accept(evconnlistener* listener, evutil_socket_t descriptor, sockaddr*, int, void* self);
    static void on_read(bufferevent* buffer, void* visit);
    static void on_event(bufferevent* buffer, short what, void* visit);
    void serve(Visit& visit);
    void trickle(Visit& visit);
    void end(Visit& visit);

    app::EventLoop& loop_;
    const testing_support::TestCa& ca_;
    base::Milliseconds delay_;
    SSL_CTX* context_;
    evconnlistener* listener_;
    std::map<std::string, testing_support::Identity> identities_;
    std::map<bufferevent*, std::unique_ptr<Visit>> visits_;
};

}  // namespace bench
