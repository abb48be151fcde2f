// SPDX-License-Identifier: MIT
// Any bytes are a request or refused with a status; what a request says gets into a page as text only.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/monitor/html.h"
#include "daemon/monitor/http_message.h"
#include "daemon/monitor/status_page.h"

namespace {

void must_be_text(std::string_view text) {
    const std::string html = app::escape_html(text);
    if (html.find_first_of("<>\"'") != std::string::npos) std::abort();
    const std::string url = app::url_encode(text);
    if (url.find_first_of("<>\"'& /?#\n") != std::string::npos) std::abort();
    // What a link leads to is what was meant.
    const auto back = app::parse_http_request("GET /" + url + " HTTP/1.1\r\n\r\n");
    if (url.size() < 2000 && (!back || back->path != "/" + std::string(text))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view head(reinterpret_cast<const char*>(data), size);
    must_be_text(head);
    const std::size_t end = app::http_head_end(head);
    const auto request = app::parse_http_request(head.substr(0, end));
    if (!request) {
        if (request.error() < 400 || request.error() > 505) std::abort();
        return 0;
    }
    if (request->path.empty() || request->path.front() != '/') std::abort();
    must_be_text(request->path);
    const app::DomainWalk::Query query = app::domain_query(*request);
    must_be_text(query.part);
    must_be_text(query.after);
    return 0;
}
