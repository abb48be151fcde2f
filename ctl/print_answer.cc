// SPDX-License-Identifier: MIT
#include "ctl/print_answer.h"

#include <cstdio>

namespace ctl {
namespace {

std::string scalar(const Json& value) {
    if (value.is_string()) return printable(value.get<std::string>());
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return value.dump();
}

/// An entry of a list: an object's fields side by side.
std::string entry_line(const Json& entry) {
    if (!entry.is_object()) return scalar(entry);
    std::string out;
    for (const auto& [name, value] : entry.items())
        out += (out.empty() ? "" : ", ") + name + " " + scalar(value);
    return out;
}

void print_lines(const std::string& text, const std::string& indent) {
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) end = text.size();
        std::printf("%s| %s\n", indent.c_str(), printable(text.substr(begin, end - begin)).c_str());
        begin = end + 1;
    }
}

void print_value(const std::string& key, const Json& value, const std::string& indent) {
    const std::string inner = indent + "  ";
    if (value.is_object()) {
        std::printf("%s%s:\n", indent.c_str(), key.c_str());
        for (const auto& [name, entry] : value.items())
            print_value(name, entry, inner);
    } else if (value.is_array()) {
        if (value.empty()) return;
        std::printf("%s%s:\n", indent.c_str(), key.c_str());
        for (const Json& entry : value)
            std::printf("%s- %s\n", inner.c_str(), entry_line(entry).c_str());
    } else if (value.is_string() && value.get<std::string>().find('\n') != std::string::npos) {
        std::printf("%s%s:\n", indent.c_str(), key.c_str());
        print_lines(value.get<std::string>(), inner);
    } else {
        std::printf("%s%s: %s\n", indent.c_str(), key.c_str(), scalar(value).c_str());
    }
}

}  // namespace

std::string printable(const std::string& text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out += c;
        } else {
            out += "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

void print_tree(const Json& object) {
    for (const auto& [key, value] : object.items())
        print_value(key, value, "");
}

bool run_and_print(const Invocation& invocation, Json request, void (*print)(const Json&), Json* last,
                   Json* shown) {
    const Json answer =
        run_command(invocation.settings.control.socket, std::move(request), [&](const Json& line) {
            if (invocation.json) {
                std::printf("%s\n", line.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
            } else {
                print(line);
            }
            if (shown != nullptr) *shown = line;
        });
    if (last != nullptr) *last = answer;
    if (answer.value("status", "") == "ok") return true;
    std::fprintf(stderr, "mta-stsctl: %s\n",
                 printable(answer.value("error", "the daemon gave no reason")).c_str());
    return false;
}

}  // namespace ctl
