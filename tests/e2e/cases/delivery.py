# SPDX-License-Identifier: MIT
"""What happens to mail: each mode against each kind of MX host."""
from world.case import case
from world.mail import delivered, refused, secure
from world.process import expect, expect_equal


@case("enforce, good certificate: delivered, and Postfix says Verified")
def enforce_good(world):
    domain = world.domain("enforce-good")
    host = domain.mx()
    domain.publish("enforce")
    delivered(world, domain)
    expect_equal(host.mails[0][2], host.name, "SNI sent to the MX host")
    expect("match=mx.enforce-good.test" in world.sender.postmap(domain.name)[0], "postmap sees the policy")


@case("enforce, certificate for another name: deferred, nothing delivered")
def enforce_wrong_name(world):
    domain = world.domain("enforce-wrong-name")
    domain.mx(certificate="wrong-name")
    domain.publish("enforce")
    refused(world, domain)


@case("enforce, self-signed certificate: deferred, nothing delivered")
def enforce_self_signed(world):
    domain = world.domain("enforce-self-signed")
    domain.mx(certificate="self-signed")
    domain.publish("enforce")
    refused(world, domain)


@case("enforce, expired certificate: deferred, nothing delivered")
def enforce_expired(world):
    domain = world.domain("enforce-expired")
    domain.mx(certificate="expired")
    domain.publish("enforce")
    refused(world, domain)


@case("enforce, MX host without STARTTLS: deferred, nothing delivered")
def enforce_plain(world):
    domain = world.domain("enforce-plain")
    domain.mx(certificate=None)
    domain.publish("enforce")
    refused(world, domain)


@case("enforce, first MX host bad, second good: delivered to the second")
def enforce_second_mx(world):
    domain = world.domain("enforce-second-mx")
    bad, good = domain.mx("bad", "self-signed"), domain.mx("good")
    domain.publish("enforce")
    delivered(world, domain)
    expect_equal((len(bad.mails), len(good.mails)), (0, 1), "mails at the bad and the good host")


@case("testing, bad certificate: delivered")
def testing_bad(world):
    domain = world.domain("testing-bad")
    domain.mx(certificate="self-signed")
    domain.publish("testing")
    delivered(world, domain, "Untrusted")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("none, bad certificate: delivered")
def none_bad(world):
    domain = world.domain("none-bad")
    domain.mx(certificate="wrong-name")
    domain.publish("none", mx=[])
    delivered(world, domain, "Trusted")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("no record, no STARTTLS: delivered, and no policy host is asked")
def no_record(world):
    domain = world.domain("no-record")
    domain.mx(certificate=None)
    domain.host()
    domain.policy("enforce")
    world.apply()
    delivered(world, domain, None)
    expect_equal(domain.requests(), [], "fetches of the policy")


@case("a domain in a signed zone: as any other")
def signed_zone(world):
    domain = world.domain("enforce-good", under="signed.test")
    domain.mx()
    domain.publish("enforce")
    delivered(world, domain)


@case("30 mails at once to a domain not seen before: all verified, the policy fetched once")
def burst(world):
    domain = world.domain("burst")
    domain.mx()
    domain.publish("enforce")
    queued = [world.sender.send(f"user{number}@{domain.name}") for number in range(30)]
    for queue_id in queued:
        outcome = world.sender.outcome(queue_id)
        expect_equal((outcome.status, outcome.tls), ("sent", "Verified"), f"mail {queue_id}: {outcome}")
    expect_equal(len(domain.mails()), 30, "mails that arrived")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("over a unix socket: the same answer")
def unix_socket(world):
    domain = world.domain("unix-socket")
    domain.mx()
    domain.publish("enforce")
    table = "socketmap:unix:/run/mta-stsd-8461.sock:postfix"
    expect_equal(world.sender.postmap(domain.name, table), (secure("mx." + domain.name)[3:], ""), "what postmap sees")
