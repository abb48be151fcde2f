// SPDX-License-Identifier: MIT
#include "daemon/adapters/curl_multi.h"

#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

namespace app {

namespace {

struct CurlLibrary {
    CurlLibrary() {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw std::runtime_error("cannot initialise libcurl");
        const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
        if (info->ssl_version == nullptr || std::string_view(info->ssl_version).substr(0, 7) != "OpenSSL") {
            curl_global_cleanup();
            throw std::runtime_error("this libcurl does not use OpenSSL");
        }
    }
    ~CurlLibrary() { curl_global_cleanup(); }
    CurlLibrary(const CurlLibrary&) = delete;
    CurlLibrary& operator=(const CurlLibrary&) = delete;
};

Interest interest_of(int what) {
    switch (what) {
        case CURL_POLL_IN:
            return Interest::kRead;
        case CURL_POLL_OUT:
            return Interest::kWrite;
        case CURL_POLL_INOUT:
            return Interest::kReadWrite;
        default:
            return Interest::kNone;
    }
}

}  // namespace

void init_curl() {
    static const CurlLibrary library;
}

CurlMulti::CurlMulti(EventLoop& loop) : loop_(loop) {
    init_curl();
    multi_.reset(curl_multi_init());
    if (!multi_) throw std::runtime_error("cannot create a libcurl multi handle");
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
}

CurlMulti::~CurlMulti() {
    for (const auto& [id, transfer] : transfers_)
        curl_multi_remove_handle(multi_.get(), transfer.easy);
}

base::Pending CurlMulti::run(CURL* easy, Done done) {
    const std::uint64_t id = ++last_id_;
    Transfer& transfer = transfers_[id];
    transfer.easy = easy;
    transfer.done = std::move(done);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, reinterpret_cast<void*>(id));
    if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) {
        // Out of memory; said later, as everything else.
        transfer.refused = loop_.after(base::Milliseconds(0), [this, id] { finish(id, CURLE_FAILED_INIT); });
    }
    return base::Pending(this, cancel, id);
}

void CurlMulti::cancel(void* self, std::uint64_t id) noexcept {
    auto* multi = static_cast<CurlMulti*>(self);
    const auto found = multi->transfers_.find(id);
    if (found == multi->transfers_.end()) return;
    const Transfer transfer = std::move(found->second);
    multi->transfers_.erase(found);
    curl_multi_remove_handle(multi->multi_.get(), transfer.easy);
}

int CurlMulti::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
    auto* multi = static_cast<CurlMulti*>(self);
    if (what == CURL_POLL_REMOVE) {
        multi->watches_.erase(socket);
        return 0;
    }
    const auto found = multi->watches_.find(socket);
    if (found != multi->watches_.end()) {
        found->second.set(interest_of(what));
        return 0;
    }
    try {
        multi->watches_.emplace(std::piecewise_construct, std::forward_as_tuple(socket),
                                std::forward_as_tuple(std::ref(multi->loop_), socket, interest_of(what),
                                                      [multi, socket](Readiness ready) {
                                                          const int flags =
                                                              (ready.read ? CURL_CSELECT_IN : 0) |
                                                              (ready.write ? CURL_CSELECT_OUT : 0);
                                                          multi->act(socket, flags);
                                                      }));
    } catch (const std::exception&) {
        // Out of memory. An error from here would end the multi handle for good; so the transfer runs into
        // its time.
    }
    return 0;
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
    auto* multi = static_cast<CurlMulti*>(self);
    if (timeout_ms < 0) {
        multi->timer_.reset();
        return 0;
    }
    // Also at 0 not from here: libcurl must not be called from within its own callback.
    multi->timer_ =
        multi->loop_.after(base::Milliseconds(timeout_ms), [multi] { multi->act(CURL_SOCKET_TIMEOUT, 0); });
    return 0;
}

void CurlMulti::act(curl_socket_t socket, int flags) {
    int running = 0;
    curl_multi_socket_action(multi_.get(), socket, flags, &running);
    deliver();
}

void CurlMulti::deliver() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL* easy = message->easy_handle;
        const CURLcode code = message->data.result;  // the message is gone once its handle is removed
        char* id = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &id);
        curl_multi_remove_handle(multi_.get(), easy);
        finish(reinterpret_cast<std::uint64_t>(id), code);
    }
}

void CurlMulti::finish(std::uint64_t id, CURLcode code) {
    const auto found = transfers_.find(id);
    if (found == transfers_.end()) return;
    const Done done = std::move(found->second.done);
    transfers_.erase(found);
    done(code);
}

}  // namespace app
