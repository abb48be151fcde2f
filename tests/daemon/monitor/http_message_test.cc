// SPDX-License-Identifier: MIT
#include "daemon/monitor/http_message.h"

#include <doctest/doctest.h>

using app::parse_http_request;

namespace {
std::string with_host(const std::string& request_line) {
    return request_line + "\r\nHost: localhost\r\n\r\n";
}
int status_of(const std::string& head) {
    const auto parsed = parse_http_request(head);
    return parsed ? 200 : parsed.error();
}
}  // namespace

TEST_CASE("a request's path and parameters are decoded") {
    const auto request =
        parse_http_request(with_host("GET /domain/a%2Fb%c3%bc?q=x+y%26&page=2&flag HTTP/1.1"));
    REQUIRE(request);
    CHECK(request->path == "/domain/a/b\xc3\xbc");
    CHECK(request->param("q") == "x y&");
    CHECK(request->param("page") == "2");
    CHECK(request->param("flag").empty());
    CHECK(request->param("none").empty());
    CHECK(request->host == "localhost");
    CHECK_FALSE(request->head);
    CHECK(parse_http_request(with_host("HEAD / HTTP/1.0"))->head);
}

TEST_CASE("only GET and HEAD, without a body, in whole and plain lines") {
    const std::vector<std::pair<std::string, int>> table{
        {"GET / HTTP/1.1\r\n\r\n", 200},
        {"GET / HTTP/1.1\r\nX-Any: thing\r\nContent-Length: 0\r\n\r\n", 200},
        {with_host("POST / HTTP/1.1"), 405},
        {with_host("DELETE / HTTP/1.1"), 405},
        {with_host("get / HTTP/1.1"), 405},
        {with_host("GET / HTTP/2.0"), 505},
        {with_host("GET / FTP/1.1"), 400},
        {with_host("GET /"), 400},
        {with_host("GET  / HTTP/1.1"), 400},
        {with_host("GET / x HTTP/1.1"), 400},
        {with_host("GET http://localhost/ HTTP/1.1"), 400},
        {with_host("GET /%zz HTTP/1.1"), 400},
        {with_host("GET /%4 HTTP/1.1"), 400},
        {with_host("GET /\xc3\xbc HTTP/1.1"), 400},
        {with_host("GET /?a=%0g HTTP/1.1"), 400},
        {with_host("GET /" + std::string(3000, 'a') + " HTTP/1.1"), 414},
        {"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
        {"\r\nGET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"", 400},
    };
    for (const auto& row : table) {
        CAPTURE(row.first);
        CHECK(status_of(row.first) == row.second);
    }
}

TEST_CASE("an answer tells the browser to run, frame, store and guess nothing") {
    const std::string answer = app::render_http_response({200, "text/html; charset=utf-8", "<p>x</p>"}, false,
                                                         base::WallTime{base::Seconds{784111777}});
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
    CHECK(answer.find("\r\nContent-Security-Policy: default-src 'none'; style-src 'self';") !=
          std::string::npos);
    CHECK(answer.find("\r\nX-Content-Type-Options: nosniff\r\n") != std::string::npos);
    CHECK(answer.find("\r\nReferrer-Policy: no-referrer\r\n") != std::string::npos);
    CHECK(answer.find("\r\nCache-Control: no-store\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n<p>x</p>"));
    CHECK(app::render_http_response({405}, false, {}).find("\r\nAllow: GET, HEAD\r\n") != std::string::npos);
}

TEST_CASE("to HEAD the body is left out and its length told") {
    const std::string answer =
        app::render_http_response(app::HttpResponse::plain(200, "four"), true, base::WallTime{});
    CHECK(answer.find("\r\nContent-Length: 5\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("a text in a URL is encoded") {
    CHECK(app::url_encode("a-b.c_d~9") == "a-b.c_d~9");
    CHECK(app::url_encode("[x]:25/<\"&\xc3\xbc") == "%5Bx%5D%3A25%2F%3C%22%26%C3%BC");
}
