// SPDX-License-Identifier: MIT
// What a policy host may say once TLS stands.
#include <doctest/doctest.h>

#include <cstdio>
#include <utility>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using testing_support::LoopbackHttps;
using testing_support::ok_response;
using testing_support::Peer;
using testing_support::respond;

namespace {

const std::string kPolicy = "version: STSv1\r\nmode: none\r\nmax_age: 1\r\n";

std::string chunk(const std::string& data) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    return size + data + "\r\n";
}

// Sends parts for ever, until the client has had enough.
LoopbackHttps::Script flood(std::string head, std::string part) {
    return [head = std::move(head), part = std::move(part)](Peer& peer) {
        if (!peer.handshake() || !peer.read_request() || !peer.send(head)) return;
        while (peer.send(part)) {
        }
    };
}

LoopbackHttps::Script say_and_wait(std::string data) {
    return [data = std::move(data)](Peer& peer) {
        if (peer.handshake() && peer.read_request() && peer.send(data)) peer.wait_until_closed();
    };
}

// Without a TLS close, with a FIN or a reset.
LoopbackHttps::Script say_and_break(std::string data, bool reset) {
    return [data = std::move(data), reset](Peer& peer) {
        if (!peer.handshake() || !peer.read_request() || !peer.send(data)) return;
        if (reset) peer.reset();
    };
}

}  // namespace

TEST_CASE("a response passes as it came") {
    Fixture f;
    const LoopbackHttps server(good_identity(),
                               respond("HTTP/1.1 200 OK\r\nContent-Type:  Text/Plain; charset=utf-8 \r\n"
                                       "content-length: 5\r\n\r\nab\r\nc"));
    const auto outcome = f.fetch(server);
    REQUIRE(outcome);
    CHECK(outcome->status == 200);
    CHECK(outcome->content_type == "Text/Plain; charset=utf-8");
    CHECK(outcome->content_encoding.empty());
    CHECK(outcome->body == "ab\r\nc");
}

TEST_CASE("the request is a plain GET without cookies, compression or cache") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    REQUIRE(f.fetch(server));
    CHECK(server.requests() ==
          std::vector<std::string>{"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.test:" +
                                   std::to_string(server.port()) +
                                   "\r\nUser-Agent: mta-stsd/" MTASTSD_VERSION "\r\nAccept: */*\r\n\r\n"});
}

TEST_CASE("a body of any framing arrives whole") {
    struct Row {
        const char* what;
        std::string response;
        std::string body;
    };
    const Row rows[] = {
        {"length", ok_response(kPolicy), kPolicy},
        {"empty", ok_response(""), ""},
        {"chunks",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("ab") + chunk("cd") + chunk(""),
         "abcd"},
        {"Chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunk("ab") + chunk(""), "ab"},
        {"until the end of the connection", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + kPolicy,
         kPolicy},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n" + kPolicy, kPolicy},
        {"after 100 and 103",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Type: a/b\r\n\r\n" +
             ok_response(kPolicy),
         kPolicy},
        {"at the limit", ok_response(std::string(65536, 'x')), std::string(65536, 'x')},
    };
    Fixture f;
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        const LoopbackHttps server(good_identity(), respond(row.response));
        const auto outcome = f.fetch(server);
        CHECK(describe(outcome) == "200");
        if (outcome) CHECK(outcome->body == row.body);
    }
}

TEST_CASE("header fields of an interim response do not count") {
    Fixture f;
    const LoopbackHttps server(
        good_identity(),
        respond("HTTP/1.1 103 Early Hints\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\n\r\n"
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
    const auto outcome = f.fetch(server);
    REQUIRE(outcome);
    CHECK(outcome->content_type.empty());
    CHECK(outcome->content_encoding.empty());
}

TEST_CASE("a body over the limit is an error, not a cut") {
    const std::string big(65537, 'x');
    const std::pair<const char*, LoopbackHttps::Script> rows[] = {
        {"announced", say_and_wait("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n")},
        {"announced, in a large way",
         say_and_wait("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n")},
        {"chunks",
         flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(std::string(4096, 'x')))},
        {"until the end", respond("HTTP/1.1 200 OK\r\n\r\n" + big)},
        {"without end", flood("HTTP/1.1 200 OK\r\n\r\n", std::string(4096, 'x'))},
    };
    Fixture f;
    for (const auto& row : rows) {
        CAPTURE(std::string(row.first));
        const LoopbackHttps server(good_identity(), row.second);
        CHECK(describe(f.fetch(server)) == "too-large");
    }
}

TEST_CASE("a status other than 200 is a response, and its body is not waited for") {
    Fixture f;
    for (const int status : {101, 201, 204, 206, 301, 302, 304, 307, 401, 404, 500, 503, 999}) {
        CAPTURE(status);
        const std::string head = "HTTP/1.1 " + std::to_string(status) + " Status\r\n";
        const LoopbackHttps server(good_identity(), say_and_wait(head + "Content-Length: 100000\r\n\r\nbut"));
        const auto outcome = f.fetch(server);
        CHECK(describe(outcome) == std::to_string(status));
    }
}

TEST_CASE("a redirect is not followed") {
    Fixture f;
    const LoopbackHttps target(good_identity(), respond(ok_response(kPolicy)));
    const LoopbackHttps server(good_identity(),
                               respond("HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1:" +
                                       std::to_string(target.port()) + "/\r\nContent-Length: 0\r\n\r\n"));
    CHECK(describe(f.fetch(server)) == "301");
    CHECK(target.accepted() == 0);
    CHECK(server.accepted() == 1);
}

TEST_CASE("a content coding passes undecoded and is named") {
    Fixture f;
    const std::string coded("\x1f\x8b\x08\0\0\0\0\0\0\x03K\x04\0C\xbe\xb7\xe8\x01\0\0\0", 21);  // "a"
    const LoopbackHttps server(
        good_identity(),
        respond("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 21\r\n\r\n" + coded));
    const auto outcome = f.fetch(server);
    REQUIRE(outcome);
    CHECK(outcome->content_encoding == "gzip");
    CHECK(outcome->body == coded);
}

TEST_CASE("what breaks off is a connection that failed, never a short body") {
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + kPolicy;
    const std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(kPolicy);
    const std::string endless = "HTTP/1.1 200 OK\r\n\r\n" + kPolicy;
    Fixture f;
    for (const bool reset : {false, true}) {
        for (const std::string& data : {std::string("HTTP/1.1 2"), half, chunks, endless}) {
            CAPTURE(reset);
            CAPTURE(data);
            const LoopbackHttps server(good_identity(), say_and_break(data, reset));
            CHECK(describe(f.fetch(server)) == "connect");
        }
    }
    for (const std::string& data : {half, chunks}) {
        CAPTURE(data);
        const LoopbackHttps server(good_identity(), respond(data));  // with a TLS close
        CHECK(describe(f.fetch(server)) == "connect");
    }
    const LoopbackHttps silent(good_identity(), respond(""));
    CHECK(describe(f.fetch(silent)) == "connect");
}

TEST_CASE("what is not HTTP, or too much of it, is refused") {
    const std::string field = "X-Filler: " + std::string(1000, 'x') + "\r\n";
    const std::pair<const char*, LoopbackHttps::Script> rows[] = {
        {"no status line", respond("version: STSv1\r\nmode: none\r\n")},
        {"another protocol", respond("220 mail.example.test ESMTP\r\n")},
        {"bad status", respond("HTTP/1.1 abc\r\n\r\n")},
        {"header fields without end", flood("HTTP/1.1 200 OK\r\n", field)},
        {"one field without end", flood("HTTP/1.1 200 OK\r\nX-Filler: ", std::string(1000, 'x'))},
        {"interim responses without end", flood("", "HTTP/1.1 100 Continue\r\n\r\n")},
        {"trailer fields without end",
         flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("x") + "0\r\n", field)},
        {"a transfer coding that was not offered",
         respond("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + chunk("x") + chunk(""))},
    };
    Fixture f;
    for (const auto& row : rows) {
        CAPTURE(std::string(row.first));
        const LoopbackHttps server(good_identity(), row.second);
        const auto outcome = f.fetch(server);
        CHECK(describe(outcome) == "http");
        if (!outcome) CAPTURE(outcome.error().text);
        CHECK(server.accepted() == 1);
    }
}

TEST_CASE("the text of an error is one printable line") {
    Fixture f;
    const LoopbackHttps server(good_identity(),
                               respond("HTTP/1.1 200 OK\r\nContent-Length: \x1b[31m\n\r\n\r\n"));
    const auto outcome = f.fetch(server);
    REQUIRE_FALSE(outcome);
    const std::string& text = outcome.error().text;
    CAPTURE(text);
    CHECK_FALSE(text.empty());
    CHECK(text.size() <= 200);
    for (const char c : text)
        CHECK((c >= ' ' && c <= '~'));
}
