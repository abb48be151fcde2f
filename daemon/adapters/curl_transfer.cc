// SPDX-License-Identifier: MIT
#include "daemon/adapters/curl_transfer.h"

#include <new>
#include <utility>

#include "daemon/adapters/curl_errors.h"
#include "lib/base/ascii.h"

namespace app {

namespace {

using Kind = https::FetchError::Kind;

// All header lines of a response together, 1xx and trailers included.
constexpr std::size_t kMostHeaderBytes = 64 * 1024;

}  // namespace

CurlTransfer::CurlTransfer(CurlMulti& multi, Settings settings, FetchSocket socket, Done done)
    : settings_(std::move(settings)),
      socket_(std::move(socket)),
      done_(std::move(done)),
      easy_(curl_easy_init()) {
    if (!easy_) throw std::bad_alloc();
    set_request();
    set_connection();
    set_tls();
    running_ = multi.run(easy_.get(), [this](CURLcode code) { on_done(code); });
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    const std::string_view line(data, size * count);
    return static_cast<CurlTransfer*>(self)->take_header(line) ? line.size() : 0;
}

bool CurlTransfer::take_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > kMostHeaderBytes) {
        stop_ = Stop::kBadHeader;
        return false;
    }
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
        line.remove_suffix(1);
    if (line.empty()) return end_of_headers();
    if (line.substr(0, 5) == "HTTP/") {  // a final response after an interim one starts afresh
        response_ = {};
        chunked_ = false;
        return true;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!value.empty() && blank(value.front()))
        value.remove_prefix(1);
    while (!value.empty() && blank(value.back()))
        value.remove_suffix(1);
    if (base::equal_nocase(name, "content-type")) response_.content_type = value;
    if (base::equal_nocase(name, "content-encoding")) {
        if (!response_.content_encoding.empty()) response_.content_encoding += ", ";
        response_.content_encoding += value;
    }
    if (base::equal_nocase(name, "transfer-encoding")) {
        chunked_ = base::equal_nocase(value, "chunked");
        // libcurl undoes compression here even unasked; we offered none.
        if (!chunked_) stop_ = Stop::kBadHeader;
        return chunked_;
    }
    return true;
}

// True to go on to the body.
bool CurlTransfer::end_of_headers() {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    if (status >= 100 && status < 200 && status != 101) return true;
    if (status != 200) {
        stop_ = Stop::kSawEnough;  // whatever follows, however long, is of no interest
        return false;
    }
    curl_off_t length = -1;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    ends_with_connection_ = length < 0 && !chunked_;
    if (length < 0 || static_cast<std::uint64_t>(length) <= settings_.body_limit) return true;
    stop_ = Stop::kTooLarge;
    return false;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    const std::string_view part(data, size * count);
    return static_cast<CurlTransfer*>(self)->take_body(part) ? part.size() : 0;
}

bool CurlTransfer::take_body(std::string_view data) {
    if (data.size() > settings_.body_limit - response_.body.size()) {
        stop_ = Stop::kTooLarge;
        return data.empty();
    }
    response_.body += data;
    return true;
}

void CurlTransfer::on_done(CURLcode code) {
    const Done done = std::move(done_);
    done(outcome(code));
}

CurlTransfer::Outcome CurlTransfer::outcome(CURLcode code) {
    switch (stop_) {
        case Stop::kTooLarge:
            return {base::Unexpected(https::FetchError{
                Kind::kTooLarge, 0, "body over " + std::to_string(settings_.body_limit) + " bytes"})};
        case Stop::kBadHeader:
            return {base::Unexpected(https::FetchError{
                Kind::kHttp, 0, "header fields too long, or a transfer coding that was not offered"})};
        case Stop::kSawEnough:
            return {std::move(response_)};
        case Stop::kNone:
            break;
    }
    if (code == CURLE_OK && ends_with_connection_ && !tls_closed_)
        return {base::Unexpected(
            https::FetchError{Kind::kConnect, CURLE_PARTIAL_FILE,
                              "the connection ended without a TLS close: the body may be cut"})};
    if (code == CURLE_OK && response_.status == 200) return {std::move(response_)};
    if (code == CURLE_OK)
        return {
            base::Unexpected(https::FetchError{Kind::kHttp, 0, "the connection ended before a response"})};

    long verify_result = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_SSL_VERIFYRESULT, &verify_result);
    Outcome failed{base::Unexpected(to_fetch_error(code, verify_result, error_text_.data()))};
    const bool proxy_failed = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_PROXY;
    failed.address_failed = !settings_.proxy.empty() && !proxy_failed && !tls_begun_;
    return failed;
}

}  // namespace app
