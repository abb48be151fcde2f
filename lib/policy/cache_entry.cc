// SPDX-License-Identifier: MIT
#include "lib/policy/cache_entry.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

namespace policy {
namespace {

static_assert(sizeof(CacheEntry) == 48, "a million of them are kept");

// Parsers keep all of these far smaller; the bounds keep a row that somebody has edited from breaking the
// layout.
std::string_view bounded_id(const PolicyRecord& record) {
    return std::string_view(record.id).substr(0, 255);
}
std::string_view bounded_body(const PolicyRecord& record) {
    return std::string_view(record.body).substr(0, sts::kMaxPolicyBytes);
}
std::size_t bounded_mx(const PolicyRecord& record) {
    return std::min<std::size_t>(record.mx.size(), 65535);
}

std::size_t blob_bytes(const PolicyRecord& record) {
    return sizeof(CacheEntry) + bounded_mx(record) * sizeof(sts::MxSpan) + record.domain.text().size() +
           bounded_id(record).size() + bounded_body(record).size();
}

// What glibc's malloc takes for a block: 8 bytes of its own, multiples of 16.
std::size_t on_heap(std::size_t bytes) {
    return (bytes + 8 + 15) / 16 * 16;
}

}  // namespace

CacheEntry::CacheEntry(const PolicyRecord& record, base::MonoTime recheck)
    : fetched_at(record.fetched),
      refresh_at(record.refresh_at),
      recheck_at(recheck),
      asked_day(record.asked_day),
      max_age_(record.max_age),
      body_size_(bounded_body(record).size() & 0xfffff),
      mode_(static_cast<std::uint32_t>(record.mode) & 3U),
      refetch_stage_(record.refetch_stage & 3U),
      lax_(record.lax ? 1U : 0U),
      mx_count_(static_cast<std::uint16_t>(bounded_mx(record))),
      name_size_(static_cast<std::uint8_t>(record.domain.text().size())),
      id_size_(static_cast<std::uint8_t>(bounded_id(record).size())) {}

CacheEntry::Ptr CacheEntry::make(const PolicyRecord& record, base::MonoTime recheck) {
    void* const blob = ::operator new(blob_bytes(record));
    Ptr entry(new (blob) CacheEntry(record, recheck));
    char* out = reinterpret_cast<char*>(entry.get() + 1);
    if (entry->mx_count_ > 0) std::memcpy(out, record.mx.data(), entry->mx_count_ * sizeof(sts::MxSpan));
    out = entry->text();
    for (const std::string_view part :
         {std::string_view(record.domain.text()), bounded_id(record), bounded_body(record)})
        out = std::copy(part.begin(), part.end(), out);
    return entry;
}

void CacheEntry::Free::operator()(CacheEntry* entry) const {
    entry->~CacheEntry();
    ::operator delete(entry);
}

std::size_t CacheEntry::heap_bytes_for(const PolicyRecord& record) {
    return on_heap(blob_bytes(record));
}

std::size_t CacheEntry::heap_bytes() const {
    return on_heap(sizeof(CacheEntry) + mx_count_ * sizeof(sts::MxSpan) + name_size_ + id_size_ + body_size_);
}

PolicyView CacheEntry::view() const {
    return {id(), mode(), lax_ != 0, max_age_, fetched_at, body(), mx()};
}

Cache::Seen CacheEntry::seen() const {
    return {name(), mode(), lax_ != 0, max_age_, fetched_at, refresh_at, asked_day, refetch_stage_ > 0};
}

PolicyRecord CacheEntry::record(const dns::Name& domain) const {
    return {domain,
            std::string(id()),
            mode(),
            lax_ != 0,
            max_age_,
            fetched_at,
            refresh_at,
            static_cast<std::uint8_t>(refetch_stage_),
            asked_day,
            std::string(body()),
            std::vector<sts::MxSpan>(mx().begin(), mx().end()),
            {},
            {}};
}

}  // namespace policy
