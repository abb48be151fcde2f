// SPDX-License-Identifier: MIT
#include "daemon/monitor/json_html.h"

#include <algorithm>

#include "daemon/monitor/html.h"

namespace app {
namespace {

using Json = nlohmann::ordered_json;

std::string label(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return escape_html(name);
}

std::string object_html(const Json& object) {
    std::string out = "<table>";
    for (const auto& [name, value] : object.items())
        out += "<tr><th scope=\"row\">" + label(name) + "</th><td>" + json_html(value) + "</td></tr>";
    return out + "</table>";
}

std::string array_html(const Json& array) {
    if (array.empty()) return "<span class=\"dim\">none</span>";
    std::string out = "<ul class=\"plain\">";
    for (const Json& item : array)
        out += "<li>" + json_html(item) + "</li>";
    return out + "</ul>";
}

std::string text_html(const std::string& text) {
    if (text.empty()) return "<span class=\"dim\">empty</span>";
    if (text.find('\n') != std::string::npos) return "<pre>" + escape_html(text) + "</pre>";
    return escape_html(text);
}

}  // namespace

std::string json_html(const Json& value) {
    if (value.is_object()) return object_html(value);
    if (value.is_array()) return array_html(value);
    if (value.is_string()) return text_html(value.get_ref<const std::string&>());
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return escape_html(value.dump());
}

}  // namespace app
