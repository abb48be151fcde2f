// SPDX-License-Identifier: MIT
#include "daemon/component_options.h"

#include <doctest/doctest.h>

TEST_CASE("connections never take all descriptors") {
    struct Row {
        std::uint64_t files;
        std::uint32_t wanted, expected;
    };
    const Row table[] = {{65536, 4096, 4096}, {5296, 4096, 4096}, {5295, 4096, 4095}, {2401, 4096, 1201},
                         {2400, 4096, 1200},  {1024, 4096, 512},  {1024, 100, 100},   {64, 4096, 32},
                         {1, 4096, 1},        {0, 1, 1}};
    for (const Row& row : table) {
        CAPTURE(row.files);
        CAPTURE(row.wanted);
        CHECK(app::connections_within(row.files, row.wanted) == row.expected);
    }
}

TEST_CASE("room for surveys grows with that for policies, and is never less than 200,000") {
    struct Row {
        std::uint64_t policies, surveys;
    };
    for (const Row& row : {Row{1000, 200000}, Row{1000000, 200000}, Row{5000000, 1000000}}) {
        app::Settings settings;
        settings.cache.max_policies = row.policies;
        CHECK(app::survey_cache_options(settings).max_surveys == row.surveys);
    }
}
