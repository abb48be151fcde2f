// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace app {

/// Any JSON as HTML for people: objects as tables of names and values, arrays as lists, texts escaped.
std::string json_html(const nlohmann::ordered_json& value);

}  // namespace app
