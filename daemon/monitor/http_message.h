// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"

namespace app {

/// What a GET or HEAD request asks for. Its texts are the client's: any bytes, to be escaped wherever they
/// are shown.
struct HttpRequest {
    bool head = false;
    std::string path;                                        ///< decoded, begins with '/'
    std::string host;                                        ///< as sent, with its port; empty: none
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order

    /// The first value of a parameter; empty where there is none.
    std::string_view param(std::string_view name) const;
};

/// What is answered. Every answer gets the same headers that keep a browser from running, framing, storing
/// or guessing anything.
struct HttpResponse {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body{};

    /// A line of plain text.
    static HttpResponse plain(int status, std::string_view text);
};

/// Longest head of a request, in bytes: the request line and all header lines.
inline constexpr std::size_t kMaxHttpHead = 8 * 1024;

/// Where the head of a request ends (behind its empty line); npos: not yet.
std::size_t http_head_end(std::string_view received);

/// Reads the head of a request. The error is the status to refuse it with: 400 malformed or with a body, 405
/// another method, 414 a path that is too long, 505 another protocol.
base::Result<HttpRequest, int> parse_http_request(std::string_view head);

/// The bytes of an answer; after them the connection is closed. To HEAD the body is left out, and its length
/// told.
std::string render_http_response(const HttpResponse& response, bool head, base::WallTime now);

/// Encodes a text for a place in a URL: everything but letters, digits and "-._~" becomes %XX.
std::string url_encode(std::string_view text);

}  // namespace app
