// SPDX-License-Identifier: MIT
#include <stdexcept>

#include "ctl/overrides_edit.h"

namespace ctl {

int override_remove(const Invocation& invocation) {
    const std::string& domain = invocation.arguments[0];
    return edit_overrides(invocation, [&](const OverridesText& text, const policy::Overrides& present) {
        const std::size_t at = find_entry(present, domain);
        if (at == present.entries().size()) throw std::runtime_error(domain + " has no override");
        return text.without(at);
    });
}

}  // namespace ctl
