// SPDX-License-Identifier: MIT
#pragma once
#include <curl/curl.h>

#include <string>
#include <string_view>

#include "lib/https/fetcher.h"

namespace app {

/// What a failed transfer of libcurl means to the caller. `verify_result` is CURLINFO_SSL_VERIFYRESULT; it
/// counts only with CURLE_PEER_FAILED_VERIFICATION (elsewhere it says "never got that far"). `text` may be
/// empty and may hold a stranger's bytes. Covers what the transfer itself cannot tell better: a transfer that
/// stopped for a reason of its own (body limit, header limit) is not asked here.
https::FetchError to_fetch_error(CURLcode code, long verify_result, std::string_view text);

/// One line of at most 200 printable ASCII bytes; everything else becomes '?'.
std::string one_line(std::string_view text);

}  // namespace app
