// SPDX-License-Identifier: MIT
#include "daemon/adapters/trust_store.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

#include "tests/daemon/adapters/curl_fixture.h"

using app::TrustStore;
using curl_test::TemporaryFile;
using testing_support::TestCa;

namespace {

const std::string kBroken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

base::MonoTime at(int seconds) {
    return base::MonoTime(std::chrono::seconds(seconds));
}

class Environment {
  public:
    explicit Environment(const char* value) {
        if (value != nullptr)
            ::setenv("SSL_CERT_FILE", value, 1);
        else
            ::unsetenv("SSL_CERT_FILE");
    }
    ~Environment() { ::unsetenv("SSL_CERT_FILE"); }
};

}  // namespace

TEST_CASE("the CA file is the configured one, else the environment's, else the distribution's") {
    {
        const Environment environment("/from/environment.pem");
        CHECK(TrustStore::find_file("/configured.pem") == "/configured.pem");
        CHECK(TrustStore::find_file("") == "/from/environment.pem");
    }
    for (const char* none : {static_cast<const char*>(nullptr), ""}) {
        const Environment environment(none);
        const std::string found = TrustStore::find_file("");
        CHECK((found.empty() || found.substr(0, 5) == "/etc/"));
    }
}

TEST_CASE("a file that cannot be used is refused with its name") {
    const TestCa ca;
    const std::string good = ca.pem();
    const TemporaryFile empty("");
    const TemporaryFile text("no certificate\n");
    const TemporaryFile broken(kBroken);
    const TemporaryFile half(good + kBroken);
    for (const std::string& file :
         {std::string("/nonexistent/ca.pem"), std::string("/etc"), std::string("/dev/null"), empty.path(),
          text.path(), broken.path(), half.path()}) {
        CAPTURE(file);
        CHECK_THROWS_AS(TrustStore{file}, std::runtime_error);
        const auto problem = TrustStore::check(file);
        REQUIRE(problem);
        CHECK(problem->find(file) != std::string::npos);
        CHECK(problem->find('\n') == std::string::npos);
    }
    CHECK(TrustStore::check("").has_value());
}

TEST_CASE("every certificate of a bundle counts") {
    const TestCa a;
    const TestCa b;
    const TemporaryFile file("# a comment\n" + a.pem() + "\n# another\n" + b.pem());
    CHECK(TrustStore::check(file.path()) == std::nullopt);
    CHECK(TrustStore(file.path()).size() == 2);
}

TEST_CASE("a file that has changed is read again, at most once a second") {
    const TestCa a;
    const TestCa b;
    const TemporaryFile file(a.pem());
    TrustStore store(file.path());
    const auto first = store.share();
    CHECK(store.refresh(at(100)) == std::nullopt);
    CHECK(store.share() == first);

    file.replace(a.pem() + b.pem());
    CHECK(store.refresh(at(100) + base::Milliseconds(999)) == std::nullopt);
    CHECK(store.size() == 1);
    CHECK(store.refresh(at(101)) == std::nullopt);
    CHECK(store.size() == 2);
    CHECK(store.share() != first);
}

TEST_CASE("a bad change leaves the store as it was, is told once, and a good one heals it") {
    const TestCa a;
    const TestCa b;
    const TemporaryFile file(a.pem());
    TrustStore store(file.path());
    const auto first = store.share();

    file.replace(kBroken);
    CHECK(store.refresh(at(1)).has_value());
    CHECK(store.refresh(at(2)) == std::nullopt);
    CHECK(store.reload(file.path()).has_value());
    CHECK(store.share() == first);
    CHECK(store.size() == 1);

    ::unlink(file.path().c_str());
    CHECK(store.refresh(at(3)).has_value());
    CHECK(store.refresh(at(4)) == std::nullopt);
    CHECK(store.share() == first);

    file.replace(a.pem() + b.pem());
    CHECK(store.refresh(at(5)) == std::nullopt);
    CHECK(store.size() == 2);
}

TEST_CASE("another file takes the place of the first only if it is good") {
    const TestCa a;
    const TestCa b;
    const TemporaryFile one(a.pem());
    const TemporaryFile two(a.pem() + b.pem());
    TrustStore store(one.path());
    CHECK(store.reload("/nonexistent/ca.pem").has_value());
    CHECK(store.file() == one.path());
    CHECK(store.reload(two.path()) == std::nullopt);
    CHECK(store.file() == two.path());
    CHECK(store.size() == 2);
}
