// SPDX-License-Identifier: MIT
#include "daemon/monitor/domain_walk.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "daemon/monitor/status_page.h"
#include "tests/support/manual_loop.h"

using app::DomainWalk;

namespace {

void put(policy::Cache& cache, const std::string& domain, sts::Mode mode = sts::Mode::kEnforce) {
    policy::PolicyRecord record{*dns::Name::parse(domain)};
    record.id = "1";
    record.mode = mode;
    record.max_age = 86400;
    record.body = "version: STSv1\n";
    cache.put(record, {});
}

DomainWalk::Page page(const policy::Cache& cache, const DomainWalk::Query& query) {
    testing_support::ManualLoop loop;
    std::optional<DomainWalk::Page> out;
    DomainWalk walk(loop, cache, query, [&](DomainWalk::Page found) { out = std::move(found); });
    CHECK_FALSE(out);
    for (int i = 0; i < 1000 && !out; ++i)
        loop.advance(base::Milliseconds{1});
    REQUIRE(out);
    return *out;
}

}  // namespace

TEST_CASE("all pages together are all domains, sorted, each once") {
    policy::Cache cache({});
    std::vector<std::string> all;
    for (int i = 0; i < 333; ++i) {
        all.push_back("d" + std::to_string(i) + ".example-" + std::to_string(i) + ".com");
        put(cache, all.back());
    }
    std::sort(all.begin(), all.end());
    std::vector<std::string> seen;
    DomainWalk::Query query;
    for (int pages = 1;; ++pages) {
        const DomainWalk::Page found = page(cache, query);
        CHECK(found.found == all.size());
        seen.insert(seen.end(), found.names.begin(), found.names.end());
        if (!found.more) {
            CHECK(pages == 7);
            break;
        }
        CHECK(found.names.size() == DomainWalk::kPageSize);
        query.after = found.names.back();
    }
    CHECK(seen == all);
}

TEST_CASE("domains are found by a part of their name and by mode") {
    policy::Cache cache({});
    put(cache, "mail.example.com");
    put(cache, "example.net", sts::Mode::kTesting);
    put(cache, "other.org", sts::Mode::kTesting);
    const auto names = [&](const std::string& part, std::optional<sts::Mode> mode) {
        return page(cache, {part, mode, ""}).names;
    };
    using Names = std::vector<std::string>;
    CHECK(names("example", {}) == Names{"example.net", "mail.example.com"});
    CHECK(names("example", sts::Mode::kTesting) == Names{"example.net"});
    CHECK(names("", sts::Mode::kTesting) == Names{"example.net", "other.org"});
    CHECK(names("<script>", {}).empty());
    CHECK(page(policy::Cache({}), {}).found == 0);
}

TEST_CASE("a walk that is dropped ends") {
    policy::Cache cache({});
    put(cache, "example.com");
    testing_support::ManualLoop loop;
    bool done = false;
    auto walk = std::make_unique<DomainWalk>(loop, cache, DomainWalk::Query{},
                                             [&](const DomainWalk::Page&) { done = true; });
    walk.reset();
    loop.advance(base::Milliseconds{100});
    CHECK_FALSE(done);
}

TEST_CASE("what is looked for is read from the request") {
    app::HttpRequest request;
    request.query = {{"q", "  Example.COM "}, {"mode", "testing"}, {"after", "a.example"}};
    const DomainWalk::Query query = app::domain_query(request);
    CHECK(query.part == "example.com");
    CHECK(query.mode == sts::Mode::kTesting);
    CHECK(query.after == "a.example");
    request.query = {{"q",
                      "b\xc3\xbc"
                      "cher.example"},
                     {"mode", "bad"}};
    CHECK(app::domain_query(request).part == "xn--bcher-kva.example");
    CHECK_FALSE(app::domain_query(request).mode);
}
