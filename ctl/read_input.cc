// SPDX-License-Identifier: MIT
#include "ctl/read_input.h"

#include <iostream>
#include <iterator>
#include <stdexcept>

#include "daemon/settings/yaml_document.h"

namespace ctl {

std::string read_input(const std::string& path) {
    if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    auto text = app::read_file(path);
    if (!text) throw std::runtime_error(path + ": cannot be read: " + text.error().text);
    return std::move(*text);
}

}  // namespace ctl
