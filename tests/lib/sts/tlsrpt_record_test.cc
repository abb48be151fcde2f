// SPDX-License-Identifier: MIT
#include "lib/sts/tlsrpt_record.h"

#include <doctest/doctest.h>

namespace {

/// The targets, or why there are none.
std::string read(const std::vector<std::string>& texts) {
    std::vector<dns::Txt> records;
    for (const std::string& text : texts)
        records.push_back({text});
    const auto record = sts::select_tlsrpt_record(records);
    if (!record) return std::string(to_string(record.error()));
    std::string out;
    for (const std::string& uri : record->rua)
        out += (out.empty() ? "" : " ") + uri;
    return out;
}

}  // namespace

TEST_CASE("RFC 8460 3: the record that asks for reports") {
    const std::string none = "no record", several = "more than one record",
                      syntax = "record outside the grammar", no_rua = "record without rua",
                      bad = "record whose rua is no mailto: or https: address";
    const std::vector<std::pair<std::vector<std::string>, std::string>> rows = {
        {{"v=TLSRPTv1;rua=mailto:reports@example.com"}, "mailto:reports@example.com"},
        {{"v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt"},
         "https://reporting.example.com/v1/tlsrpt"},
        {{"v=TLSRPTv1; rua=mailto:a@b.example , https://c.example/x;"},
         "mailto:a@b.example https://c.example/x"},
        {{"v=TLSRPTv1 ;\tx-y.z=1 ; rua = MAILTO:a@b.example?subject=x"}, "MAILTO:a@b.example?subject=x"},
        {{"v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@d.example"}, "mailto:a@b.example"},
        {{"v=spf1 -all", "v=TLSRPTv1;rua=mailto:a@b.example"}, "mailto:a@b.example"},
        {{}, none},
        {{"v=TLSRPTv1"}, none},
        {{"V=TLSRPTv1; rua=mailto:a@b.example"}, none},
        {{"v=TLSRPTv2; rua=mailto:a@b.example"}, none},
        {{"v=TLSRPTv1; rua=mailto:a@b.example", "v=TLSRPTv1;"}, several},
        {{"v=TLSRPTv1;"}, no_rua},
        {{"v=TLSRPTv1; ruf=mailto:a@b.example"}, no_rua},
        {{"v=TLSRPTv1; Rua=mailto:a@b.example"}, no_rua},
        {{"v=TLSRPTv1; rua="}, bad},
        {{"v=TLSRPTv1; rua=a@b.example"}, bad},
        {{"v=TLSRPTv1; rua=mailto:b.example"}, bad},
        {{"v=TLSRPTv1; rua=mailto:@b.example"}, bad},
        {{"v=TLSRPTv1; rua=mailto:a@"}, bad},
        {{"v=TLSRPTv1; rua=http://c.example/x"}, bad},
        {{"v=TLSRPTv1; rua=https:///x"}, bad},
        {{"v=TLSRPTv1; rua=mailto:a@b.example,"}, bad},
        {{"v=TLSRPTv1; rua=mailto:a@b.example!10m"}, syntax},
        {{"v=TLSRPTv1; rua=mailto:a@b.example c"}, syntax},
        {{"v=TLSRPTv1; rua"}, syntax},
        {{"v=TLSRPTv1; =x"}, syntax},
        {{"v=TLSRPTv1; x=; rua=mailto:a@b.example"}, syntax},
        {{"v=TLSRPTv1;; rua=mailto:a@b.example"}, syntax},
        {{std::string("v=TLSRPTv1; rua=mailto:a@b.example\0", 35)}, syntax},
    };
    for (const auto& row : rows) {
        const std::string first = row.first.empty() ? "(nothing)" : row.first.front();
        CAPTURE(first);
        CHECK(read(row.first) == row.second);
    }
}
