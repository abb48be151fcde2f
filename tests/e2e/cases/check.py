# SPDX-License-Identifier: MIT
"""mta-stsctl check: what a domain's owner is told of it, by a program that needs no daemon."""
import json

from world.case import case
from world.dane import signed
from world.dns import NOT_VALIDATING
from world.process import Failed, expect_equal

FINE, FOUND_WRONG, COULD_NOT = 0, 1, 2


def complaints(world, domain, *options):
    """(exit status, the points that are not right, each as verdict:point, in order)."""
    status, text = world.daemon.ctl("check", str(domain), "--json", *options)
    try:
        findings = json.loads(text)["findings"]
    except ValueError as error:
        raise Failed(f"mta-stsctl check {domain}: status {status}: {text[:500]}") from error
    return status, [f"{one['verdict']}:{one['point']}" for one in findings if one["verdict"] != "ok"]


def good(world, label, **mx):
    """A domain that does everything right, unless its mail host is said to be otherwise."""
    domain = world.domain(label)
    domain.mx(**mx)
    world.dns.set(f"_smtp._tls.{domain.name}.", "TXT", f'"v=TLSRPTv1; rua=mailto:tls@{domain.name}"')
    return domain.publish("enforce", max_age=2592000)


@case("check of a domain that does everything right: status 0, nothing to say; also with DANE")
def healthy(world):
    expect_equal(complaints(world, good(world, "check-good")), (FINE, []), "check")
    domain = signed(world, "check-dane", "good")
    world.dns.set(f"_smtp._tls.{domain.name}.", "TXT", f'"v=TLSRPTv1; rua=mailto:tls@{domain.name}"')
    domain.publish("enforce", max_age=2592000)
    expect_equal(complaints(world, domain, "--strict"), (FINE, []), "check with DANE")
    status, text = world.daemon.ctl("check", domain.name)
    expect_equal(status, FINE, "exit status in text")
    expect_equal({line.count("\t") for line in text.splitlines()}, {4}, "tabs in each line")


@case("check of mail hosts whose TLS is no good: the right cross for each")
def mail_hosts(world):
    for kind, wrong in ((None, "wrong:starttls"), ("self-signed", "wrong:mx-certificate"),
                        ("expired", "wrong:mx-certificate"), ("wrong-name", "wrong:mx-certificate")):
        domain = good(world, f"check-mx-{kind}".lower(), certificate=kind)
        expect_equal(complaints(world, domain), (FOUND_WRONG, [wrong]), f"check with certificate {kind}")


@case("check of a policy that does not fit the mail hosts, a policy host with a bad certificate, a redirect")
def policies(world):
    domain = good(world, "check-mx-missing")
    domain.mx("second")
    world.apply()
    expect_equal(complaints(world, domain), (FOUND_WRONG, ["wrong:mx-policy"]), "check with another MX host")
    domain = good(world, "check-testing")
    domain.policy("testing", mx=["mx.check-testing.test", "old.check-testing.test"])
    expect_equal(complaints(world, domain), (FINE, ["warning:mode", "warning:pattern"]), "check of testing")
    expect_equal(complaints(world, domain, "--strict")[0], FOUND_WRONG, "strict check of testing")
    domain = good(world, "check-host-expired")
    domain.host(days=-1)
    world.apply()
    expect_equal(complaints(world, domain), (FOUND_WRONG, ["wrong:certificate"]), "check with an expired policy host")
    domain = good(world, "check-redirect")
    (world.web.host(domain.policy_host) / "redirect").touch()
    expect_equal(complaints(world, domain), (FOUND_WRONG, ["wrong:policy-file"]), "check with a redirect")


@case("check of DANE: TLSA records that fit nothing are wrong; a resolver that does not validate is a warning")
def dane(world):
    domain = signed(world, "check-dane-mismatch", "mismatch", "good", "unusable")
    world.dns.set(f"_smtp._tls.{domain.name}.", "TXT", f'"v=TLSRPTv1; rua=mailto:tls@{domain.name}"')
    domain.publish("enforce", max_age=2592000)
    expect_equal(complaints(world, domain), (FOUND_WRONG, ["wrong:dane", "wrong:dane"]), "check")
    expect_equal(complaints(world, domain, "--resolver", NOT_VALIDATING), (FINE, ["warning:resolver"]),
                 "check with a resolver that does not validate")


@case("check while the resolver is dead, or of no domain: status 2")
def could_not(world):
    expect_equal(world.daemon.ctl("check", "check-nothing.test", "--timeout", "1", "--resolver", "127.0.0.99")[0],
                 COULD_NOT, "exit status without DNS")
    expect_equal(world.daemon.ctl("check", "192.0.2.1")[0], COULD_NOT, "exit status for an address")
