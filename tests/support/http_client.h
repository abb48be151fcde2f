// SPDX-License-Identifier: MIT
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace testing_support {

/// A client of an HTTP server on loopback; never blocks, so that a test can turn the server's loop meanwhile.
class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
            throw std::runtime_error("connect");
    }
    ~HttpClient() { ::close(descriptor_); }
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    void send(const std::string& bytes) const {
        (void)::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    void get(const std::string& target) const {
        send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    void shut_down() const { ::shutdown(descriptor_, SHUT_WR); }

    /// What has come so far.
    const std::string& received() {
        char buffer[65536];
        for (;;) {
            const ssize_t n = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
            if (n == 0 || (n < 0 && errno == ECONNRESET)) closed_ = true;
            if (n <= 0) return received_;
            received_.append(buffer, static_cast<std::size_t>(n));
        }
    }
    bool closed() {
        received();
        return closed_;
    }
    /// Of the answer: 0 while there is none.
    int status() { return received().size() > 12 ? std::stoi(received_.substr(9, 3)) : 0; }
    std::string body() {
        const std::size_t end = received().find("\r\n\r\n");
        return end == std::string::npos ? "" : received_.substr(end + 4);
    }

  private:
    int descriptor_;
    std::string received_;
    bool closed_ = false;
};

}  // namespace testing_support
