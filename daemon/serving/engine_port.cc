// SPDX-License-Identifier: MIT
#include "daemon/serving/engine_port.h"

namespace app {

void EnginePort::ask(EventLoop& asking, Ticket ticket, const policy::Key& key, bool with_survey,
                     const Deliver& deliver) {
    loop_.post([this, &asking, ticket, key, with_survey, &deliver] {
        start(asking, ticket, key, with_survey, deliver);
    });
}

void EnginePort::recheck(const dns::Name& domain) {
    loop_.post([this, domain] { engine_.recheck(domain); });
}

void EnginePort::renew(const policy::Key& key) {
    loop_.post([this, key] { surveyor_.renew(key); });
}

void EnginePort::start(EventLoop& asking, Ticket ticket, const policy::Key& key, bool with_survey,
                       const Deliver& deliver) {
    const std::uint64_t id = ++last_id_;
    const Deliver* const target = &deliver;
    under_way_[id] = lookups_.look_up(
        key, with_survey, [this, id, &asking, ticket, target](const policy::Evidence& evidence) {
            asking.post([ticket, target, evidence] { (*target)(ticket, evidence); });
            under_way_.erase(id);
        });
}

}  // namespace app
