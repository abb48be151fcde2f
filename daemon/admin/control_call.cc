// SPDX-License-Identifier: MIT
#include "daemon/admin/control_call.h"

namespace app {
namespace {

/// One line; bytes that are no UTF-8 (a hostile policy's) are replaced, never an exception.
std::string to_line(const ControlCall::Json& object) {
    return object.dump(-1, ' ', true, ControlCall::Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::optional<std::string> ControlCall::text(const char* key) const {
    const auto it = request_.find(key);
    if (it == request_.end() || !it->is_string()) return {};
    return it->get<std::string>();
}

void ControlCall::line(const Json& object) {
    send_(to_line(object));
}

void ControlCall::ok(Json fields) {
    fields["status"] = "ok";
    finish(fields);
}

void ControlCall::fail(const std::string& error) {
    Json fields;
    fields["status"] = "error";
    fields["error"] = error;
    finish(fields);
}

void ControlCall::finish(const Json& last) {
    send_(to_line(last));
    const auto done = std::move(done_);
    done();  // the end of this object
}

}  // namespace app
