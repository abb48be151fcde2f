// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "lib/base/result.h"
#include "lib/policy/evidence.h"

namespace app {

/// A policy as `cache export` writes it: domain, mode, id, max_age, fetched, asked (a day) and body. A body
/// that is not UTF-8 is `body_hex`.
nlohmann::ordered_json exported_policy(const policy::PolicyRecord& record);

/// The same read again. Of the body only the text counts: it is parsed anew, `mode` and `max_age` are for
/// people. The error names the domain where there is one.
base::Result<policy::PolicyRecord, std::string> imported_policy(const nlohmann::ordered_json& entry);

}  // namespace app
