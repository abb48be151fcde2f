// SPDX-License-Identifier: MIT
#include "daemon/settings/checks.h"

#include <algorithm>

namespace app {
namespace {

class Checker {
  public:
    Checker(const SettingsLines& lines, std::vector<SettingsErrors::Error>& errors)
        : lines_(lines), errors_(errors) {}

    // `first` must not be above `second`. The message stands where it is read: at the key that the file has.
    template <class T, class U>
    void ordered(const char* first, T a, const char* second, U b) {
        if (a <= b) return;
        const bool at_first = lines_.count(first) > 0;
        refuse(at_first ? first : second,
               at_first ? std::string("is above ") + second + "; allowed: at most that"
                        : std::string("is below ") + first + "; allowed: at least that");
    }

    void refuse(const std::string& key, std::string message) {
        const auto line = lines_.find(key);
        errors_.push_back({line == lines_.end() ? 0 : line->second, key, std::move(message)});
    }

  private:
    const SettingsLines& lines_;
    std::vector<SettingsErrors::Error>& errors_;
};

bool one_of_each_family(const std::vector<dns::Address>& addresses) {
    const auto v4 = std::count_if(addresses.begin(), addresses.end(), [](const dns::Address& address) {
        return address.family() == dns::Family::kV4;
    });
    return v4 <= 1 && static_cast<std::ptrdiff_t>(addresses.size()) - v4 <= 1;
}

}  // namespace

void check_settings(const Settings& s, const SettingsLines& lines,
                    std::vector<SettingsErrors::Error>& errors) {
    Checker check(lines, errors);
    check.ordered("cache.recheck_min", s.cache.recheck_min, "cache.recheck_max", s.cache.recheck_max);
    check.ordered("cache.negative_min", s.cache.negative_min, "cache.negative_max", s.cache.negative_max);
    check.ordered("https.connect_timeout", s.https.connect_timeout, "https.timeout", s.https.timeout);
    check.ordered("refresh.interval", s.refresh.interval, "refresh.idle_after", s.refresh.idle_after);
    if (s.server.listen.empty()) check.refuse("server.listen", "is empty; allowed: at least one entry");
    for (const ListenAddress& address : s.server.listen)
        if (address.kind == ListenAddress::Kind::kUnix && address.path == s.control.socket)
            check.refuse("server.listen", "has the path of control.socket; allowed: another path");
    if (!one_of_each_family(s.dns.source_address))
        check.refuse("dns.source_address", "has two addresses of one family; allowed: one IPv4, one IPv6");
    if (!one_of_each_family(s.https.source_address))
        check.refuse("https.source_address", "has two addresses of one family; allowed: one IPv4, one IPv6");
}

}  // namespace app
