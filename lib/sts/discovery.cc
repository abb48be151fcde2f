// SPDX-License-Identifier: MIT
#include "lib/sts/discovery.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "lib/base/ascii.h"
#include "lib/base/scanner.h"

namespace sts {
namespace {

constexpr std::string_view kRecordLabel = "_mta-sts";                 // RFC 8461 3.1
constexpr std::string_view kHostLabel = "mta-sts";                    // RFC 8461 3.2
constexpr std::string_view kPolicyPath = "/.well-known/mta-sts.txt";  // RFC 8461 3.2
constexpr std::size_t kMaxRecordText = 512;

// The published text that `explain` shows: of the records that count, the first.
std::string shown_record(const std::vector<dns::Txt>& records) {
    const auto found = std::find_if(records.begin(), records.end(),
                                    [](const dns::Txt& record) { return claims_stsv1(record.text); });
    return found == records.end() ? std::string() : found->text.substr(0, kMaxRecordText);
}

// RFC 8305 4: the families take turns, IPv6 first.
std::vector<dns::Address> interleave(const std::vector<dns::Address>& addresses) {
    std::vector<dns::Address> first, second, all;
    for (const dns::Address& address : addresses)
        (address.family() == dns::Family::kV6 ? first : second).push_back(address);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) all.push_back(first[i]);
        if (i < second.size()) all.push_back(second[i]);
    }
    return all;
}

// The value of a header field up to its parameters, without white space around it.
std::string_view without_parameters(std::string_view field) {
    base::Scanner in(field);
    in.skip_wsp();
    const std::string_view value = in.take_until(';');
    const std::size_t last = value.find_last_not_of(" \t");
    return value.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool is_plain_text(std::string_view content_type) {
    return base::equal_nocase(without_parameters(content_type), "text/plain");
}

// No content coding was offered, so that none but the absence of one is right (RFC 9110 12.5.3).
bool is_unencoded(std::string_view content_encoding) {
    const std::string_view coding = without_parameters(content_encoding);
    return coding.empty() || base::equal_nocase(coding, "identity");
}

}  // namespace

Discovery::Discovery(Services services, const Options& options, Task task, Done done)
    : services_(services), options_(options), task_(std::move(task)), done_(std::move(done)) {
    const auto name = task_.domain.with_prefix(kRecordLabel);
    if (!name) {
        // No such name fits into the DNS, so nobody can have published a record. Said later, as all else.
        record_pending_ =
            services_.timers.after(base::Milliseconds{0}, [this] { on_record(dns::Answer<dns::Txt>{}); });
        return;
    }
    record_pending_ =
        services_.resolver.txt(*name, deadline_in(options_.dns_time),
                               [this](const dns::Lookup<dns::Txt>& answer) { on_record(answer); });
}

Discovery::~Discovery() = default;

void Discovery::on_record(const dns::Lookup<dns::Txt>& answer) {
    read_record(answer);
    if (!task_.fetch_always) {
        // RFC 8461 3.1: without a live record the rest of discovery is skipped. 3.3: an unchanged id asks for
        // no fetch, and one whose fetch failed asks for none too soon.
        if (found_.record != Found::RecordState::kLive || found_.id == task_.known_id) return finish();
        if (found_.id == task_.held_back_id) {
            found_.policy_state = Found::PolicyState::kHeldBack;
            return finish();
        }
    }
    resolve_host();
}

void Discovery::read_record(const dns::Lookup<dns::Txt>& answer) {
    if (!answer) {
        found_.record = Found::RecordState::kUnknown;
        found_.lookup_error = answer.error();
        return;
    }
    found_.record_ttl = answer->ttl;
    found_.record_text = shown_record(answer->records);
    if (auto record = select_record(answer->records)) {
        found_.record = Found::RecordState::kLive;
        found_.id = std::move(record->id);
    } else {
        found_.record = Found::RecordState::kNone;
        found_.record_error = record.error();
    }
}

void Discovery::resolve_host() {
    const auto host = task_.domain.with_prefix(kHostLabel);
    if (!host) return fail(FetchFailure{FetchFailure::Class::kDns, -1});
    host_ = *host;
    const base::Deadline deadline = deadline_in(options_.dns_time);
    const auto done = [this](const dns::Lookup<dns::Address>& answer) { on_addresses(answer); };
    families_open_ = 2;
    v6_pending_ = services_.resolver.addresses(*host_, dns::Family::kV6, deadline, done);
    v4_pending_ = services_.resolver.addresses(*host_, dns::Family::kV4, deadline, done);
}

void Discovery::on_addresses(const dns::Lookup<dns::Address>& answer) {
    if (answer) {
        addresses_.insert(addresses_.end(), answer->records.begin(), answer->records.end());
    } else {
        address_error_ = answer.error();
    }
    if (--families_open_ == 0) fetch();
}

void Discovery::fetch() {
    if (addresses_.empty()) {
        const std::int32_t detail = address_error_ ? static_cast<std::int32_t>(address_error_->kind) : -1;
        return fail(FetchFailure{FetchFailure::Class::kDns, detail});
    }
    std::vector<dns::Address> usable;
    std::copy_if(addresses_.begin(), addresses_.end(), std::back_inserter(usable),
                 [this](const dns::Address& address) { return may_connect(address); });
    if (usable.empty()) return fail(FetchFailure{FetchFailure::Class::kAddressRefused, 0});

    const https::Request request{*host_, std::string(kPolicyPath), interleave(usable), kMaxPolicyBytes};
    fetch_pending_ = services_.fetcher.get(request, deadline_in(options_.fetch_time),
                                           [this](base::Result<https::Response, https::FetchError> response) {
                                               on_response(std::move(response));
                                           });
}

// A stranger's DNS must not lead us into the operator's network.
bool Discovery::may_connect(const dns::Address& address) const {
    return dns::is_globally_reachable(address) ||
           std::any_of(options_.allow_networks.begin(), options_.allow_networks.end(),
                       [&](const dns::Network& network) { return network.contains(address); });
}

void Discovery::on_response(base::Result<https::Response, https::FetchError> response) {
    if (!response) return fail(failure_of(response.error()));
    // RFC 8461 3.3: only 200 makes a policy valid. 3.2: the media type is text/plain.
    if (response->status != 200)
        return fail(FetchFailure{FetchFailure::Class::kHttpStatus, response->status});
    if (!is_plain_text(response->content_type) || !is_unencoded(response->content_encoding))
        return fail(FetchFailure{FetchFailure::Class::kMediaType, 0});
    auto policy = parse_policy(response->body);
    if (!policy) return fail(failure_of(policy.error()));
    found_.policy_state = Found::PolicyState::kFetched;
    found_.policy = std::move(*policy);
    found_.body = std::move(response->body);
    finish();
}

void Discovery::fail(FetchFailure failure) {
    found_.policy_state = Found::PolicyState::kFailed;
    found_.failure = failure;
    finish();
}

// The only exit. The callback may destroy this object: nothing of it is touched afterwards.
void Discovery::finish() {
    const Done done = std::move(done_);
    done(std::move(found_));
}

base::Deadline Discovery::deadline_in(base::Milliseconds time) const {
    return base::Deadline{services_.clock.mono() + time};
}

}  // namespace sts
