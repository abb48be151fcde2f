// SPDX-License-Identifier: MIT
#include <algorithm>
#include <stdexcept>

#include "ctl/overrides_edit.h"
#include "daemon/adapters/system_clock.h"

namespace ctl {
namespace {

/// The entry alone, as the daemon's reader understands it; throws with what is wrong with it.
policy::Override checked(const TypedOverride& typed) {
    const auto control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; };
    if (std::any_of(typed.comment.begin(), typed.comment.end(), control))
        throw std::runtime_error("comment: one line without control characters");
    const base::WallTime wall = app::SystemClock().wall();
    const auto read = app::parse_overrides(entry_text(typed), "override", wall);
    if (!read) {
        std::string what;
        for (const auto& error : read.error().errors)
            what += (what.empty() ? "" : "\n") + error.message;
        throw std::runtime_error(what);
    }
    const policy::Override& entry = read->overrides.entries().at(0);
    if (!entry.active(wall)) throw std::runtime_error("until " + typed.until + " is over already");
    return entry;
}

}  // namespace

int override_add(const Invocation& invocation) {
    TypedOverride typed{invocation.arguments[0], invocation.arguments[1], invocation.values("mx"),
                        invocation.value("until"), invocation.value("comment")};
    const policy::Override entry = checked(typed);
    typed.domain = shown_domain(entry);  // in its canonical form, so that a search of the file finds it
    return edit_overrides(invocation, [&](const OverridesText& text, const policy::Overrides& present) {
        const std::size_t at = find_entry(present, typed.domain);
        if (at == present.entries().size()) return text.with_added(typed);
        if (!invocation.has("replace")) {
            const std::string action(policy::to_string(present.entries()[at].action));
            throw std::runtime_error(typed.domain + " has an override already (" + action +
                                     "); --replace puts this one in its place");
        }
        return text.with_replaced(at, typed);
    });
}

}  // namespace ctl
