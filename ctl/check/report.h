// SPDX-License-Identifier: MIT
#pragma once
#include "ctl/check/facts.h"
#include "ctl/control_client.h"
#include "ctl/finding.h"

namespace ctl {

/// For people under headings; for programs as print_findings() with the host.
void print_report(const CheckFacts& facts, const Findings& findings);

/// docs/json.md tells the fields.
Json report_as_json(const CheckFacts& facts, const Findings& findings);

}  // namespace ctl
