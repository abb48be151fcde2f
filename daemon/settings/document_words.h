// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace app {

// Words that the files made from the table of settings share.

/// A setting's or group's line as a sentence: a capital in front, a full stop behind.
inline std::string sentence(std::string_view brief) {
    std::string out(brief);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out + ".";
}

inline std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

/// Whether a setting is in a group: the key before the dot, or the key itself.
inline bool is_in(std::string_view group, std::string_view key) {
    return key == group || (key.substr(0, group.size()) == group && key.substr(group.size(), 1) == ".");
}

}  // namespace app
