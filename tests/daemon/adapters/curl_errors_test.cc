// SPDX-License-Identifier: MIT
#include "daemon/adapters/curl_errors.h"

#include <doctest/doctest.h>

#include "tests/daemon/adapters/curl_fixture.h"

using app::to_fetch_error;

TEST_CASE("a failure is named by what the caller can make of it") {
    struct Row {
        CURLcode code;
        long verify_result;
        const char* outcome;
    };
    const Row rows[] = {
        {CURLE_COULDNT_CONNECT, 1, "connect"},
        {CURLE_COULDNT_RESOLVE_PROXY, 1, "connect"},
        {CURLE_GOT_NOTHING, 0, "connect"},
        {CURLE_PARTIAL_FILE, 0, "connect"},
        {CURLE_RECV_ERROR, 0, "connect"},
        {CURLE_SEND_ERROR, 0, "connect"},
        {CURLE_OPERATION_TIMEDOUT, 1, "timeout"},
        {CURLE_SSL_CONNECT_ERROR, 1, "tls-other 0"},
        {CURLE_PEER_FAILED_VERIFICATION, 10, "tls-expired 10"},
        {CURLE_PEER_FAILED_VERIFICATION, 9, "tls-expired 9"},
        {CURLE_PEER_FAILED_VERIFICATION, 62, "tls-name-mismatch 62"},
        {CURLE_PEER_FAILED_VERIFICATION, 2, "tls-untrusted 2"},
        {CURLE_PEER_FAILED_VERIFICATION, 18, "tls-untrusted 18"},
        {CURLE_PEER_FAILED_VERIFICATION, 19, "tls-untrusted 19"},
        {CURLE_PEER_FAILED_VERIFICATION, 20, "tls-untrusted 20"},
        {CURLE_PEER_FAILED_VERIFICATION, 21, "tls-untrusted 21"},
        {CURLE_PEER_FAILED_VERIFICATION, 26, "tls-other 26"},
        {CURLE_PEER_FAILED_VERIFICATION, 66, "tls-other 66"},
        {CURLE_PEER_FAILED_VERIFICATION, 1, "tls-other 0"},  // never got as far as a certificate
        {CURLE_UNSUPPORTED_PROTOCOL, 0, "http"},
        {CURLE_WEIRD_SERVER_REPLY, 0, "http"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.code);
        CAPTURE(row.verify_result);
        const auto error = to_fetch_error(row.code, row.verify_result, "");
        CHECK(curl_test::describe(base::Unexpected(error)) == row.outcome);
        CHECK_FALSE(error.text.empty());
    }
}

TEST_CASE("the text is one line, printable and bounded") {
    CHECK(app::one_line("a\r\nb\x1b[0m\xc3\xbc\x7f") == "a??b?[0m???");
    CHECK(app::one_line(std::string(1000, 'x')) == std::string(200, 'x'));
    CHECK(to_fetch_error(CURLE_RECV_ERROR, 0, "reset\nby peer").text == "reset?by peer");
}
