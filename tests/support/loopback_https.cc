// SPDX-License-Identifier: MIT
#include "tests/support/loopback_https.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace testing_support {

namespace {

struct Listener {
    int descriptor = -1;
    std::uint16_t port = 0;
    sockaddr_storage address{};
    socklen_t length = 0;
};

Listener listen_on(const std::string& address, std::uint16_t port, int backlog) {
    Listener out;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        out.length = sizeof v4;
        std::memcpy(&out.address, &v4, sizeof v4);
    } else if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        out.length = sizeof v6;
        std::memcpy(&out.address, &v6, sizeof v6);
    }
    out.descriptor = ::socket(out.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(out.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto* raw = reinterpret_cast<sockaddr*>(&out.address);
    if (::bind(out.descriptor, raw, out.length) != 0 || ::listen(out.descriptor, backlog) != 0 ||
        ::getsockname(out.descriptor, raw, &out.length) != 0) {
        ::close(out.descriptor);
        throw std::runtime_error("cannot listen on " + address);
    }
    // The port stands at the same place in both families.
    std::memcpy(&v4, &out.address, sizeof v4);
    out.port = ntohs(v4.sin_port);
    return out;
}

std::string text_of(const sockaddr_storage& address) {
    char text[INET6_ADDRSTRLEN] = "";
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(&v6, &address, sizeof v6);
    if (address.ss_family == AF_INET) ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    if (address.ss_family == AF_INET6) ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return text;
}

}  // namespace

Peer::Peer(LoopbackHttps& server, int descriptor)
    : server_(server), descriptor_(descriptor), ssl_(SSL_new(server.context_.get())) {
    SSL_set_fd(ssl_.get(), descriptor);
}

Peer::~Peer() = default;

bool Peer::handshake() {
    char first = 0;
    if (::recv(descriptor_, &first, 1, MSG_PEEK) == 1) {
        const std::lock_guard lock(server_.mutex_);
        ++server_.tls_begun_;
    }
    return accept_tls();
}

bool Peer::handshake_within() {
    outer_ = std::move(ssl_);
    ssl_.reset(SSL_new(server_.context_.get()));
    BIO* through = BIO_new(BIO_f_ssl());
    BIO_set_ssl(through, outer_.get(), BIO_NOCLOSE);
    SSL_set_bio(ssl_.get(), through, through);
    return accept_tls();
}

bool Peer::accept_tls() {
    if (SSL_accept(ssl_.get()) != 1) return false;
    const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    const std::lock_guard lock(server_.mutex_);
    server_.server_names_.emplace_back(name != nullptr ? name : "");
    return true;
}

bool Peer::read_request() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        char part[4096];
        const int got = SSL_read(ssl_.get(), part, sizeof part);
        if (got <= 0) return false;
        head.append(part, static_cast<std::size_t>(got));
    }
    request_ = std::move(head);
    const std::lock_guard lock(server_.mutex_);
    server_.requests_.push_back(request_);
    return true;
}

std::string Peer::read_raw(std::size_t size) {
    std::string data(size, '\0');
    const ssize_t got = ::recv(descriptor_, data.data(), size, MSG_WAITALL);
    data.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return data;
}

bool Peer::read_raw_request() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        char byte = 0;  // one at a time: what follows is TLS and not ours
        if (::recv(descriptor_, &byte, 1, 0) != 1) return false;
        head += byte;
    }
    request_ = std::move(head);
    const std::lock_guard lock(server_.mutex_);
    server_.requests_.push_back(request_);
    return true;
}

bool Peer::send(std::string_view data) {
    return data.empty() || SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())) > 0;
}

bool Peer::send_raw(std::string_view data) {
    return ::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL) > 0;
}

void Peer::close_tls() {
    SSL_shutdown(ssl_.get());
}

void Peer::reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Peer::wait_until_closed() {
    char part[4096];
    while (::recv(descriptor_, part, sizeof part, 0) > 0) {
    }
}

bool Peer::idle(int milliseconds) {
    pollfd wait{descriptor_, POLLRDHUP, 0};
    return ::poll(&wait, 1, milliseconds) == 0;
}

LoopbackHttps::LoopbackHttps(Identity identity, Script script)
    : LoopbackHttps(std::move(identity), std::move(script), Options()) {}

LoopbackHttps::LoopbackHttps(Identity identity, Script script, const Options& options)
    : identity_(std::move(identity)), script_(std::move(script)), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX* context = context_.get();
    if (options.highest_tls != 0) {
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context, options.highest_tls);
    }
    if (identity_.certificate) {
        SSL_CTX_use_certificate(context, identity_.certificate.get());
        SSL_CTX_use_PrivateKey(context, identity_.key.get());
        for (const Certificate& certificate : identity_.chain)
            SSL_CTX_add1_chain_cert(context, certificate.get());
        SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
    }
    const Listener listener = listen_on(options.address, options.port, 512);
    listener_ = listener.descriptor;
    port_ = listener.port;
    acceptor_ = std::thread([this] { accept_loop(); });
}

LoopbackHttps::~LoopbackHttps() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const int descriptor : open_)
            ::shutdown(descriptor, SHUT_RDWR);
    }
    ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
    acceptor_.join();
    for (std::thread& connection : connections_)
        connection.join();
    ::close(listener_);
}

void LoopbackHttps::accept_loop() {
    sigset_t signals;  // threads inherit it: SSL_write to a closed connection must not end the process
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    for (;;) {
        sockaddr_storage client{};
        socklen_t length = sizeof client;
        const int descriptor =
            ::accept4(listener_, reinterpret_cast<sockaddr*>(&client), &length, SOCK_CLOEXEC);
        if (descriptor < 0) return;
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            ::close(descriptor);
            return;
        }
        ++accepted_;
        clients_.push_back(text_of(client));
        open_.insert(descriptor);
        most_open_ = std::max(most_open_, open_.size());
        connections_.emplace_back([this, descriptor] { serve(descriptor); });
    }
}

void LoopbackHttps::serve(int descriptor) {
    {
        Peer peer(*this, descriptor);
        script_(peer);
    }
    const std::lock_guard lock(mutex_);
    open_.erase(descriptor);
    ::close(descriptor);
}

int LoopbackHttps::accepted() const {
    const std::lock_guard lock(mutex_);
    return accepted_;
}

int LoopbackHttps::tls_begun() const {
    const std::lock_guard lock(mutex_);
    return tls_begun_;
}

int LoopbackHttps::open() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(open_.size());
}

int LoopbackHttps::most_open() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(most_open_);
}

std::vector<std::string> LoopbackHttps::clients() const {
    const std::lock_guard lock(mutex_);
    return clients_;
}

std::vector<std::string> LoopbackHttps::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::vector<std::string> LoopbackHttps::server_names() const {
    const std::lock_guard lock(mutex_);
    return server_names_;
}

LoopbackHttps::Script respond(std::string response) {
    return [response = std::move(response)](Peer& peer) {
        if (!peer.handshake() || !peer.read_request() || !peer.send(response)) return;
        peer.close_tls();
    };
}

std::string ok_response(std::string_view body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

SilentPort::SilentPort(const std::string& address, std::uint16_t port) {
    const Listener listener = listen_on(address, port, 0);
    listener_ = listener.descriptor;
    port_ = listener.port;
    for (int i = 0; i < 4; ++i) {  // the first fills the queue; the kernel drops what comes after
        const int filler =
            ::socket(listener.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)::connect(filler, reinterpret_cast<const sockaddr*>(&listener.address), listener.length);
        fillers_.push_back(filler);
    }
}

SilentPort::~SilentPort() {
    for (const int filler : fillers_)
        ::close(filler);
    ::close(listener_);
}

}  // namespace testing_support
