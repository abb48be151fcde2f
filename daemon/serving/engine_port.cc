// SPDX-License-Identifier: MIT
#include "daemon/serving/engine_port.h"

namespace app {

void EnginePort::ask(EventLoop& asking, Ticket ticket, const dns::Name& domain, const Deliver& deliver) {
    loop_.post([this, &asking, ticket, domain, &deliver] { start(asking, ticket, domain, deliver); });
}

void EnginePort::recheck(const dns::Name& domain) {
    loop_.post([this, domain] { engine_.recheck(domain); });
}

void EnginePort::start(EventLoop& asking, Ticket ticket, const dns::Name& domain, const Deliver& deliver) {
    const std::uint64_t id = ++last_id_;
    const Deliver* const target = &deliver;
    under_way_[id] =
        engine_.resolve(domain, [this, id, &asking, ticket, target](const policy::Evidence& evidence) {
            asking.post([ticket, target, evidence] { (*target)(ticket, evidence); });
            under_way_.erase(id);
        });
}

}  // namespace app
