// SPDX-License-Identifier: MIT
#include "daemon/serving/serving_thread.h"

#include <pthread.h>

#include <utility>

namespace app {

ServingThread::ServingThread(const Services& services, const SocketmapServer::Options& options,
                             std::shared_ptr<const policy::Rules> rules, const std::vector<int>& listeners)
    : counters_(std::make_unique<Counters>()) {
    server_ = std::make_unique<SocketmapServer>(
        SocketmapServer::Services{loop_, services.clock, services.coarse_clock, services.responder,
                                  services.engine, *counters_, services.log},
        options, std::move(rules), listeners);
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "serving");
        loop_.run();
    });
}

ServingThread::~ServingThread() {
    loop_.stop_from_any_thread();
    thread_.join();
    server_.reset();  // before the loop its watches are on
}

void ServingThread::apply(const SocketmapServer::Options& options,
                          const std::shared_ptr<const policy::Rules>& rules) {
    loop_.post([this, options, rules] {
        server_->set_options(options);
        server_->set_rules(rules);
    });
}

void ServingThread::drain(std::function<void()> drained) {
    loop_.post([this, drained = std::move(drained)] { server_->drain(drained); });
}

}  // namespace app
