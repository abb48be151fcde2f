// SPDX-License-Identifier: MIT
#pragma once
#include <curl/curl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "daemon/adapters/event_loop.h"
#include "lib/base/pending.h"

namespace app {

struct CurlEasyFree {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using CurlEasyPtr = std::unique_ptr<CURL, CurlEasyFree>;

struct CurlListFree {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using CurlListPtr = std::unique_ptr<curl_slist, CurlListFree>;

/// Initialises libcurl once for the process and cleans up at its end. The first call must come before there
/// are other threads. Throws std::runtime_error where libcurl cannot be used or was built without OpenSSL.
void init_curl();

/// A multi handle driven by an EventLoop. Loop thread only.
class CurlMulti {
  public:
    using Done = std::function<void(CURLcode)>;

    /// Throws std::runtime_error.
    explicit CurlMulti(EventLoop& loop);
    ~CurlMulti();
    CurlMulti(const CurlMulti&) = delete;
    CurlMulti& operator=(const CurlMulti&) = delete;

    /// Runs a transfer that is set up; the caller owns `easy` and keeps it until the transfer is over or the
    /// Pending is gone. `done` is called later, when libcurl's functions have returned and the handle is
    /// out of the multi handle; it may free the handle and start or cancel others, but not destroy the
    /// CurlMulti. The Pending must not be destroyed from within a callback of libcurl.
    [[nodiscard]] base::Pending run(CURL* easy, Done done);

  private:
    struct MultiFree {
        void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
    };
    struct Transfer {
        CURL* easy = nullptr;
        Done done;
        base::Pending refused;  // where libcurl did not take it
    };
    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept;
    static int on_timer(CURLM*, long timeout_ms, void* self) noexcept;
    static void cancel(void* self, std::uint64_t id) noexcept;
    void act(curl_socket_t socket, int flags);
    void deliver();
    void finish(std::uint64_t id, CURLcode code);

    EventLoop& loop_;
    std::uint64_t last_id_ = 0;
    std::unordered_map<std::uint64_t, Transfer> transfers_;  // by the number in CURLOPT_PRIVATE
    std::unordered_map<curl_socket_t, Watch> watches_;
    base::Pending timer_;
    std::unique_ptr<CURLM, MultiFree> multi_;  // its end still calls on_socket and on_timer
};

}  // namespace app
