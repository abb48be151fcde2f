// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>

#include "ctl/command.h"
#include "ctl/overrides_text.h"
#include "daemon/overrides_file.h"

namespace ctl {

/// Edits the overrides file of the settings, checks the result with the daemon's own reader before it
/// replaces the file, and tells the daemon to read it. `edit` gets the entries as text and as they were read,
/// in the same order, and gives the new text. Prints what came of it; returns the exit status. Throws
/// std::runtime_error where nothing was changed.
int edit_overrides(const Invocation& invocation,
                   const std::function<std::string(const OverridesText&, const policy::Overrides&)>& edit);

/// "*.example.com", as in the file.
std::string shown_domain(const policy::Override& entry);
/// The place of a domain's entry, or entry_count.
std::size_t find_entry(const policy::Overrides& overrides, const std::string& domain);

/// Reads the file; throws std::runtime_error with everything wrong in it.
app::OverridesFile read_overrides(const Invocation& invocation);

}  // namespace ctl
