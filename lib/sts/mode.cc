// SPDX-License-Identifier: MIT
#include "lib/sts/mode.h"

namespace sts {

std::string_view to_string(Mode mode) {
    switch (mode) {
        case Mode::kNone:
            return "none";
        case Mode::kTesting:
            return "testing";
        case Mode::kEnforce:
            return "enforce";
    }
    return "none";
}

}  // namespace sts
