// SPDX-License-Identifier: MIT
#include <cstdio>

#include "ctl/command.h"
#include "ctl/control_client.h"
#include "lib/sts/record.h"

namespace ctl {

int check_record(const Invocation& invocation) {
    const auto record = sts::select_record({dns::Txt{invocation.arguments[0]}});
    const std::string error = record ? "" : std::string(sts::to_string(record.error()));
    if (invocation.json) {
        Json out;
        out["valid"] = record.has_value();
        out[record ? "id" : "error"] = record ? record->id : error;
        std::printf("%s\n", out.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
    } else if (record) {
        std::printf("valid\nid: %s\n", record->id.c_str());
    } else {
        std::printf("invalid: %s\n", error.c_str());
    }
    return record ? kFine : kCouldNot;
}

}  // namespace ctl
