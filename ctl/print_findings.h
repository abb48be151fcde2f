// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "ctl/control_client.h"
#include "ctl/finding.h"

namespace ctl {

/// Whether standard output is a terminal: people read it there, programs elsewhere.
bool for_people();
/// Whether that terminal is to have colours: NO_COLOR is not set, or empty.
bool in_colour();

/// For people a sign, a colour where that is wanted, and the remedy below. For programs one line each, with
/// columns separated by tabs: verdict, point, the host where `with_host`, text, remedy; "-" where there is
/// none. Strangers' bytes are escaped.
void print_findings(const Findings& findings, bool with_host = false, std::size_t point_width = 0);

/// How wide the points of all of them are, for those that are printed piece by piece.
std::size_t point_width_of(const Findings& findings);

/// An array: each `verdict`, `point`, `text`, and where there is one `remedy` and `host`.
Json to_json(const Findings& findings);

}  // namespace ctl
