// SPDX-License-Identifier: MIT
#include "lib/dane/survey.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/lib/dane/survey_world.h"

using dane::Findings;
using dane::Host;
using dane::State;
using dns::Authentic;
using namespace dane_test;  // NOLINT(google-build-using-namespace): the world of these tests

TEST_CASE("one host with usable TLSA records") {
    SurveyWorld world;
    world.set_mx({{10, "mx.example.net"}});
    world.set_host("mx.example.net", kUsableTlsa);
    const Findings findings = world.find();
    CHECK(findings.state == State::kAll);
    CHECK(findings.mx_secure);
}
