// SPDX-License-Identifier: MIT
// The look at a server's TLS, against servers that answer, lie, stall and go away.
#include "ctl/check/tls_probe.h"

#include <doctest/doctest.h>
#include <openssl/x509_vfy.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "daemon/adapters/system_clock.h"
#include "tests/support/drive_loop.h"
#include "tests/support/loopback_https.h"
#include "tests/support/temporary_folder.h"

using ctl::ProbeResult;
using ctl::SmtpDialogue;
using ctl::TlsProbe;
using State = ProbeResult::State;
using Failure = SmtpDialogue::Failure;
using namespace testing_support;

namespace {

constexpr base::Milliseconds kPatience{20'000}, kImpatience{300};

std::string line(Peer& peer) {
    std::string out;
    while (out.empty() || out.back() != '\n') {
        const std::string byte = peer.read_raw(1);
        if (byte.empty()) break;
        out += byte;
    }
    return out;
}

/// Greets, takes EHLO and STARTTLS, and says `go`.
void talk(Peer& peer, const std::string& go = "220 go\r\n") {
    peer.send_raw("220 mx.a.example ESMTP\r\n");
    line(peer);
    peer.send_raw("250-mx.a.example\r\n250 STARTTLS\r\n");
    line(peer);
    peer.send_raw(go);
}

void talk_and_tls(Peer& peer) {
    talk(peer);
    if (peer.handshake()) peer.wait_until_closed();
}

LoopbackHttps::Script says(const std::string& text) {
    return [text](Peer& peer) {
        peer.send_raw(text);
        peer.wait_until_closed();
    };
}

CertificateRequest certificate(std::vector<std::string> names) {
    CertificateRequest request;
    request.common_name = "mx.a.example";
    request.dns = std::move(names);
    return request;
}

class World {
  public:
    World() {
        std::signal(SIGPIPE, SIG_IGN);
        std::ofstream(folder_.file("ca.pem")) << ca.pem();
        trust_.emplace(folder_.file("ca.pem"));
    }

    ProbeResult look(const std::vector<std::string>& addresses, std::uint16_t port, bool smtp,
                     base::Milliseconds time) {
        TlsProbe::Task task;
        task.host = "mx.a.example";
        for (const std::string& address : addresses)
            task.addresses.push_back(*dns::Address::parse(address));
        task.port = port;
        task.smtp = smtp;
        task.own_name = "client.example";
        task.time = time;
        std::optional<ProbeResult> result;
        std::optional<TlsProbe> probe;
        probe.emplace(TlsProbe::Services{loop_, clock_, queue_, *trust_}, task, [&](ProbeResult seen) {
            result = std::move(seen);
            probe.reset();  // which is allowed
        });
        CHECK(!result);
        REQUIRE(drive(loop_, [&] { return result.has_value(); }));
        CHECK(queue_.in_use() == 0);
        return *result;
    }

    ProbeResult look(LoopbackHttps::Script script, base::Milliseconds time = kPatience) {
        return look(ca.issue(certificate({"mx.a.example"})), std::move(script), time);
    }

    ProbeResult look(Identity identity, LoopbackHttps::Script script = talk_and_tls,
                     base::Milliseconds time = kPatience) {
        const LoopbackHttps server(std::move(identity), std::move(script));
        return look({"127.0.0.1"}, server.port(), true, time);
    }

    const TestCa ca;

  private:
    TemporaryFolder folder_;
    app::SystemClock clock_;
    app::EventLoop loop_;
    app::FetchQueue queue_{loop_, {}};
    std::optional<app::TrustStore> trust_;
};

}  // namespace

TEST_CASE("STARTTLS with a good certificate: what is seen of it") {
    World world;
    LoopbackHttps server(world.ca.issue(certificate({"mx.a.example", "*.b.example"})), talk_and_tls);
    const ProbeResult seen = world.look({"127.0.0.1"}, server.port(), true, kPatience);
    REQUIRE(seen.state == State::kTls);
    CHECK(seen.tls.version == "TLSv1.3");
    CHECK(seen.tls.verify_error == X509_V_OK);
    CHECK(seen.tls.name_fits);
    CHECK(seen.tls.names == std::vector<std::string>{"mx.a.example", "*.b.example"});
    CHECK(seen.tls.common_name == "mx.a.example");
    CHECK(seen.tls.chain.size() == 2);
    CHECK_FALSE(seen.tls.self_signed);
    CHECK(seen.tls.not_after - seen.tls.not_before == base::Seconds(31 * 86400));
    while (server.open() > 0)  // the server may be done later than we
        std::this_thread::yield();
    CHECK(server.server_names() == std::vector<std::string>{"mx.a.example"});
}

TEST_CASE("certificates that are no good are seen all the same, and why") {
    World world;
    const auto seen = [&](Identity identity) { return world.look(std::move(identity)).tls; };
    CHECK(seen(TestCa::self_signed(certificate({"mx.a.example"}))).verify_error ==
          X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    CHECK(seen(TestCa::self_signed(certificate({"mx.a.example"}))).self_signed);
    CHECK(seen(TestCa().issue_with_root(certificate({"mx.a.example"}))).verify_error ==
          X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
    const ctl::TlsFacts alone = seen(world.ca.issue_without_intermediate(certificate({"mx.a.example"})));
    CHECK(alone.verify_error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    CHECK(alone.chain.size() == 1);

    CertificateRequest expired = certificate({"mx.a.example"});
    expired.valid_from_days = -10;
    expired.valid_to_days = -1;
    CHECK(seen(world.ca.issue(expired)).verify_error == X509_V_ERR_CERT_HAS_EXPIRED);
    CertificateRequest clients = certificate({"mx.a.example"});
    clients.for_clients = true;
    CHECK(seen(world.ca.issue(clients)).verify_error == X509_V_ERR_INVALID_PURPOSE);

    CHECK_FALSE(seen(world.ca.issue(certificate({"other.example"}))).name_fits);
    CHECK_FALSE(seen(world.ca.issue(certificate({}))).name_fits);  // the common name is right
    CHECK_FALSE(seen(world.ca.issue(certificate({"m*.a.example"}))).name_fits);
    CHECK(seen(world.ca.issue(certificate({"MX.A.example"}))).name_fits);
}

TEST_CASE("mail hosts that do not come to TLS") {
    World world;
    struct Row {
        const char* what;
        LoopbackHttps::Script script;
        State state;
        Failure failure;
        base::Milliseconds time;
    };
    const std::string hello = "220 mx.a.example ESMTP\r\n";
    const std::vector<Row> rows = {
        {"closes at once", [](Peer&) {}, State::kHandshake, Failure::kNone, kPatience},
        {"resets", [](Peer& peer) { peer.reset(); }, State::kHandshake, Failure::kNone, kPatience},
        {"garbage", says(std::string("\x16\x03\x01\x00 \xff\n", 7)), State::kSmtp, Failure::kNotSmtp,
         kPatience},
        {"turns us away", says("554 5.7.1 no\r\n"), State::kSmtp, Failure::kTurnedAway, kPatience},
        {"no STARTTLS", says(hello + "250 mx.a.example\r\n"), State::kSmtp, Failure::kNoStartTls, kPatience},
        {"454", [](Peer& peer) { talk(peer, "454 no\r\n"); }, State::kSmtp, Failure::kRefused, kPatience},
        {"more behind the answer", [](Peer& peer) { talk(peer, "220 go\r\n250 x\r\n"); }, State::kSmtp,
         Failure::kInjected, kPatience},
        {"closes after the answer", [](Peer& peer) { talk(peer); }, State::kHandshake, Failure::kNone,
         kPatience},
        {"clear text for TLS",
         [](Peer& peer) {
             talk(peer);
             peer.read_raw(5);
             peer.send_raw("220 I do not know TLS\r\n");
             peer.wait_until_closed();
         },
         State::kHandshake, Failure::kNone, kPatience},
        {"says nothing", [](Peer& peer) { peer.wait_until_closed(); }, State::kNoAnswer, Failure::kNone,
         kImpatience},
        {"stalls in its greeting", says("220-wait"), State::kNoAnswer, Failure::kNone, kImpatience},
        {"stalls in the handshake",
         [](Peer& peer) {
             talk(peer);
             peer.wait_until_closed();
         },
         State::kNoAnswer, Failure::kNone, kImpatience},
        {"sends without end",
         [](Peer& peer) {
             while (peer.send_raw("220-x\r\n")) {
             }
         },
         State::kSmtp, Failure::kTooLong, kPatience},
        {"a line without end",
         [](Peer& peer) {
             while (peer.send_raw(std::string(10'000, 'x'))) {
             }
         },
         State::kSmtp, Failure::kTooLong, kPatience},
        {"drips",
         [](Peer& peer) {
             while (peer.send_raw("2") && peer.idle(20)) {
             }
         },
         State::kNoAnswer, Failure::kNone, kImpatience},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const ProbeResult seen = world.look(row.script, row.time);
        CAPTURE(seen.text);
        CHECK(seen.state == row.state);
        CHECK(seen.smtp == row.failure);
        CHECK(seen.connected);
        CHECK((seen.state == State::kTls || !seen.text.empty()));
    }
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it loses sight of the scripts in the list

TEST_CASE("a server that knows old TLS only") {
    World world;
    LoopbackHttps::Options options;
    options.highest_tls = TLS1_1_VERSION;
    const LoopbackHttps server(world.ca.issue(certificate({"mx.a.example"})), talk_and_tls, options);
    const ProbeResult seen = world.look({"127.0.0.1"}, server.port(), true, kPatience);
    CHECK(seen.state == State::kHandshake);
    CAPTURE(seen.text);
    CHECK(seen.text.find("protocol") != std::string::npos);
}

TEST_CASE("TLS from the first byte, as on port 443") {
    World world;
    const LoopbackHttps server(world.ca.issue(certificate({"mx.a.example"})), [](Peer& peer) {
        if (peer.handshake()) peer.wait_until_closed();
    });
    CHECK(world.look({"127.0.0.1"}, server.port(), false, kPatience).state == State::kTls);
}

TEST_CASE("no connection") {
    World world;
    std::uint16_t closed = 0;
    {
        const LoopbackHttps server(world.ca.issue(certificate({})), talk_and_tls);
        closed = server.port();
    }
    const ProbeResult refused = world.look({"127.0.0.1"}, closed, true, kPatience);
    CHECK(refused.state == State::kNoConnection);
    CHECK_FALSE(refused.connected);
    CHECK(refused.text.find("refused") != std::string::npos);

    const SilentPort silent("127.0.0.1", 0);
    const ProbeResult nobody = world.look({"127.0.0.1"}, silent.port(), true, kImpatience);
    CHECK(nobody.state == State::kNoAnswer);
    CHECK_FALSE(nobody.connected);

    CHECK(world.look({}, 25, true, kPatience).state == State::kNotTried);
}

TEST_CASE("destroyed in the middle: nothing is called") {
    app::SystemClock clock;
    app::EventLoop loop;
    app::FetchQueue queue(loop, {});
    const TemporaryFolder folder;
    const TestCa ca;
    std::ofstream(folder.file("ca.pem")) << ca.pem();
    const app::TrustStore trust(folder.file("ca.pem"));
    LoopbackHttps server(ca.issue(certificate({})), [](Peer& peer) {
        while (peer.send_raw("2") && peer.idle(20)) {  // turns the loop
        }
    });
    TlsProbe::Task task;
    task.host = "mx.a.example";
    task.addresses = {*dns::Address::parse("127.0.0.1")};
    task.port = server.port();
    task.smtp = true;
    std::optional<TlsProbe> probe;
    probe.emplace(TlsProbe::Services{loop, clock, queue, trust}, task,
                  [](const ProbeResult&) { CHECK(false); });
    REQUIRE(drive(loop, [&] { return server.accepted() == 1; }));
    probe.reset();
    CHECK(queue.in_use() == 0);
}
