// SPDX-License-Identifier: MIT
#include "daemon/system_check.h"

#include <stdexcept>

#include "daemon/adapters/trust_store.h"
#include "daemon/admin/accounts.h"

namespace app {

std::vector<SettingsErrors::Error> check_system(const Settings& settings) {
    std::vector<SettingsErrors::Error> errors;
    const auto look_up = [&errors](const char* key, const std::string& name, const auto& find) {
        if (name.empty()) return;
        try {
            find(name);
        } catch (const std::runtime_error& error) {
            errors.push_back({0, key, error.what()});
        }
    };
    look_up("server.socket_owner", settings.server.socket_owner, user_id);
    look_up("server.socket_group", settings.server.socket_group, group_id);
    if (auto problem = TrustStore::check(TrustStore::find_file(settings.https.ca_file)))
        errors.push_back({0, "https.ca_file", *std::move(problem)});
    look_up("control.group", settings.control.group, group_id);
    look_up("process.user", settings.process.user, [&settings](const std::string& user) {
        const uid_t uid = user_id(user);
        if (settings.process.group.empty()) group_of(uid, user);
    });
    look_up("process.group", settings.process.group, group_id);
    return errors;
}

}  // namespace app
