// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace app {

/// One value of a YAML text, as it was written: texts stay texts, and a key that is there twice is there
/// twice.
struct YamlNode {
    enum class Kind { kNull, kScalar, kList, kMap };
    Kind kind = Kind::kNull;
    int line = 0;      ///< from 1
    std::string text;  ///< kScalar, and keys
    /// kList: the items. kMap: the values; their keys are in `keys`, in the same places.
    std::vector<YamlNode> items;
    std::vector<YamlNode> keys;  ///< kScalar or kNull ("~")
};

struct YamlError {
    int line = 0;
    std::string text;
};

inline constexpr std::size_t kMaxYamlBytes = 4 << 20;

/// Parses one document; an empty text is kNull. Aliases, tags, keys that are no texts, control characters,
/// bytes that are not UTF-8 and a second document are errors. Does not throw, except for lack of memory.
base::Result<YamlNode, YamlError> parse_yaml(std::string_view text);

struct FileError {
    bool missing = false;  ///< there is no such file
    std::string text;      ///< what the system says
};
/// Reads a whole file.
base::Result<std::string, FileError> read_file(const std::string& path);

}  // namespace app
