// SPDX-License-Identifier: MIT
#pragma once
#include "lib/dane/findings.h"

namespace dane {

/// What the hosts say together (RFC 7672 2.2): sets `state` and `left_out` from `mx_secure` and `hosts`. For
/// a survey whose MX lookup did not fail.
void conclude(Findings& findings);

}  // namespace dane
