// SPDX-License-Identifier: MIT
#include "ctl/overrides_edit.h"
#include "daemon/adapters/system_clock.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "ctl/print_answer.h"
#include "ctl/replace_file.h"

namespace ctl {
namespace {

base::WallTime now() {
    return app::SystemClock().wall();
}

const std::string& file_of(const Invocation& invocation) {
    const std::string& file = invocation.settings.overrides;
    if (file.empty()) throw std::runtime_error("the setting \"overrides\" names no file");
    return file;
}

app::OverridesFile parsed(std::string_view text, const std::string& file) {
    auto overrides = app::parse_overrides(text, file, now());
    if (!overrides) throw std::runtime_error(overrides.error().text());
    return std::move(*overrides);
}

bool same(const policy::Override& a, const policy::Override& b) {
    return a.domain == b.domain && a.below == b.below && a.action == b.action && a.mx == b.mx &&
           a.until == b.until && a.comment == b.comment;
}

/// All entries but at most one are as they were: the edit has changed what it should and nothing else.
bool differ_in_one(const policy::Overrides& before, const policy::Overrides& after) {
    const auto lost = [](const policy::Overrides& from, const policy::Overrides& in) {
        return std::count_if(from.entries().begin(), from.entries().end(), [&](const auto& entry) {
            return std::none_of(in.entries().begin(), in.entries().end(),
                                [&](const auto& other) { return same(entry, other); });
        });
    };
    return lost(before, after) <= 1 && lost(after, before) <= 1;
}

void tell(const Invocation& invocation, bool reloaded, const char* text) {
    if (invocation.json) {
        std::printf("{\"reloaded\":%s}\n", reloaded ? "true" : "false");
    } else {
        std::printf("%s", text);
    }
}

int reload_daemon(const Invocation& invocation) {
    try {
        const Json last =
            run_command(invocation.settings.control.socket, {{"command", "reload"}}, [](const Json& line) {
                std::fprintf(stderr, "mta-stsctl: %s\n", printable(line.value("error", "")).c_str());
            });
        if (last.value("status", "") == "ok") {
            tell(invocation, true, "reloaded\n");
            return kFine;
        }
        std::fprintf(stderr, "mta-stsctl: the file is changed, but mta-stsd has refused to reload: %s\n",
                     printable(last.value("error", "")).c_str());
        tell(invocation, false, "");
        return kFoundWrong;
    } catch (const NotRunning&) {
        tell(invocation, false, "mta-stsd is not running: this counts from its next start\n");
        return kFine;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mta-stsctl: the file is changed, but mta-stsd was not told: %s\n",
                     error.what());
        tell(invocation, false, "");
        return kFoundWrong;
    }
}

}  // namespace

std::string shown_domain(const policy::Override& entry) {
    return (entry.below ? "*." : "") + entry.domain.text();
}

std::size_t find_entry(const policy::Overrides& overrides, const std::string& domain) {
    const bool below = domain.compare(0, 2, "*.") == 0;
    const auto name = dns::Name::parse(below ? domain.substr(2) : domain);
    const auto& entries = overrides.entries();
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const policy::Override& entry) {
        return name && entry.below == below && entry.domain == *name;
    });
    return static_cast<std::size_t>(found - entries.begin());
}

app::OverridesFile read_overrides(const Invocation& invocation) {
    auto overrides = app::load_overrides(file_of(invocation), now());
    if (!overrides) throw std::runtime_error(overrides.error().text());
    return std::move(*overrides);
}

int edit_overrides(const Invocation& invocation,
                   const std::function<std::string(const OverridesText&, const policy::Overrides&)>& edit) {
    const std::string& file = file_of(invocation);
    replace_file(file, invocation.settings_file, [&](std::string_view text) {
        const policy::Overrides before = parsed(text, file).overrides;
        const auto lines = OverridesText::read(text);
        if (!lines) throw std::runtime_error(file + ": " + lines.error());
        std::string edited = edit(*lines, before);
        if (!differ_in_one(before, parsed(edited, file).overrides))
            throw std::runtime_error(file + ": cannot be edited safely as it is written; edit it by hand");
        return edited;
    });
    return reload_daemon(invocation);
}

}  // namespace ctl
