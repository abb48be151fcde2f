# SPDX-License-Identifier: MIT
"""DANE beside MTA-STS: what is answered for each kind of domain, and what becomes of its mail."""
from world.case import case
from world.dane import MAP, Both, ask, signed
from world.mail import NO_POLICY, secure
from world.process import expect, expect_equal, until

DANE, DANE_ONLY = "OK dane", "OK dane-only"


@case("every MX host has its key in DNS, self-signed: dane-only, and delivered as verified, MTA-STS policy or not")
def good(world):
    domain = signed(world, "dane-good", "good", "good", certificate="self-signed")
    world.apply()
    expect_equal(ask(world, domain), DANE_ONLY, "reply without a policy")
    Both(world, domain).deliver()
    domain = signed(world, "dane-good-sts", "good", certificate="self-signed").publish("enforce")
    expect_equal(ask(world, domain), DANE_ONLY, "reply with a policy that the certificate does not fulfil")
    Both(world, domain).deliver()


@case("TLSA mismatch, and a certificate that the enforce policy likes: deferred; without DANE it would be delivered")
def mismatch(world):
    domain = signed(world, "dane-mismatch", "mismatch").publish("enforce")
    expect_equal(ask(world, domain), DANE_ONLY, "reply")
    Both(world, domain).refuse()
    Both(world, domain, agent="user").deliver()
    expect_equal(len(domain.requests()), 1, "fetches of the policy for all maps")


@case("MX records of an unsigned zone, enforce: secure; a forged MX with DANE of its own is refused")
def insecure_mx(world):
    domain, attacker = world.domain("insecure-mx"), signed(world, "insecure-mx-attacker", "good")
    host = domain.mx(name="mx.insecure-mx.signed.test")
    domain.tlsa()
    domain.publish("enforce")
    expect_equal(ask(world, domain), secure(host.name), "reply")
    Both(world, domain).deliver()
    domain.redirect_mx(next(iter(attacker.hosts.values())).name)
    world.apply()
    until(lambda: ask(world, domain) == secure(host.name), "the policy after the forgery")
    Both(world, domain).refuse(attacker)


@case("MX records of an unsigned zone, no policy: dane; a wrong key is refused, the right one delivered to")
def insecure_mx_alone(world):
    for kind in ("good", "mismatch"):
        domain = world.domain("insecure-mx-" + kind)
        domain.mx(name=f"mx.insecure-mx-{kind}.signed.test", certificate="self-signed")
        domain.tlsa(kind=kind)
        world.apply()
        expect_equal(ask(world, domain), DANE, "reply with key " + kind)
        newer = Both(world, domain, senders=[world.newer_sender])
        newer.refuse() if kind == "mismatch" else newer.deliver("Trusted")


@case("one MX host with DANE, one without STARTTLS: with enforce only the first is used, without it either")
def partial(world):
    domain = world.domain("partial", under="signed.test")
    plain, good_host = domain.mx("plain", certificate=None), domain.mx("good")
    domain.tlsa("good")
    world.apply()
    expect_equal(ask(world, domain), DANE, "reply without a policy")
    Both(world, domain).deliver(None, plain)
    domain = world.domain("partial-sts", under="signed.test")
    plain, good_host = domain.mx("plain", certificate=None), domain.mx("good")
    domain.tlsa("good")
    domain.publish("enforce")
    expect_equal(ask(world, domain), DANE_ONLY, "reply")
    Both(world, domain).deliver("Verified", good_host)
    good_host.present(world.ca.issue(world.state / "mail-certs" / "partial-other.pem", [good_host.name]))
    Both(world, domain).refuse()


@case("TLSA records that no SMTP client can use: secure with enforce, dane (encrypted) without")
def unusable(world):
    domain = signed(world, "unusable", "unusable")
    world.apply()
    expect_equal(ask(world, domain), DANE, "reply without a policy")
    Both(world, domain).deliver("Trusted")
    domain = signed(world, "unusable-sts", "unusable").publish("enforce")
    expect_equal(ask(world, domain), secure("mx0." + domain.name), "reply")
    Both(world, domain).deliver()
    domain = signed(world, "unusable-bad", "unusable", certificate="self-signed").publish("enforce")
    Both(world, domain).refuse()


@case("MX hosts without TLSA, no addresses, or unsigned: as if DANE were not")
def none(world):
    domain = signed(world, "no-tlsa", None).publish("enforce")
    expect_equal(ask(world, domain), secure("mx0." + domain.name), "reply with a policy")
    Both(world, domain).deliver()
    domain = signed(world, "no-tlsa-no-sts", None, certificate="self-signed")
    world.apply()
    expect_equal(ask(world, domain), NO_POLICY, "reply without a policy")
    Both(world, domain).deliver("Untrusted")
    domain = signed(world, "no-address", "good").publish("enforce")
    world.dns.set(f"mx0.{domain.name}.", "A")
    world.apply()
    expect_equal(ask(world, domain), secure("mx0." + domain.name), "reply without an address")


@case("TLSRPT attributes never go with dane-only; without DANE they do, and Postfix reports")
def with_tlsrpt(world):
    domain = signed(world, "dane-tlsrpt", "good").publish("enforce")
    expect_equal(world.daemon.ask(domain.name, "postfix-dane-tlsrpt"), DANE_ONLY, "reply")
    newer = Both(world, domain, "postfix-dane-tlsrpt", [world.newer_sender])
    newer.deliver()
    domain = world.domain("no-dane-tlsrpt")
    domain.mx()
    domain.publish("enforce")
    world.dns.set(f"_smtp._tls.{domain.name}.", "TXT", '"v=TLSRPTv1; rua=mailto:reports@test"')
    world.apply()
    warnings = len(world.newer_sender.warnings())
    Both(world, domain, "postfix-dane-tlsrpt", [world.newer_sender]).deliver()
    expect_equal(world.newer_sender.warnings()[warnings:], [], "warnings in Postfix's log")
    until(lambda: world.reports.of(domain.name), "a report")


@case("the map names of older plugins: QUERY as postfix-dane, QUERYwithTLSRPT as postfix-dane-tlsrpt")
def old_names(world):
    dane_domain = signed(world, "old-names", "good").publish("enforce")
    domain = world.domain("old-names")
    domain.mx()
    domain.publish("enforce")
    for one in (dane_domain, domain):
        for old, new in (("QUERY", MAP), ("QUERYwithTLSRPT", "postfix-dane-tlsrpt")):
            expected = world.daemon.ask(one.name, new)
            expect_equal(world.daemon.ask(one.name, old), expected, f"reply for {one}, map {old}")
        Both(world, one, "older").deliver()
        Both(world, one, "older-tlsrpt", [world.newer_sender]).deliver()
    expect("policy_type=sts" in world.daemon.ask(domain.name, "QUERYwithTLSRPT"), "attributes in the reply")


@case("yield, for a Postfix at level dane: NOTFOUND where DANE can do it, secure where it cannot")
def yielding(world):
    good_one, wrong = signed(world, "yield-good", "good").publish(), signed(world, "yield-wrong", "mismatch").publish()
    sts = signed(world, "yield-sts", None).publish("enforce")
    for domain, reply in ((good_one, NO_POLICY), (wrong, NO_POLICY), (sts, secure("mx0." + sts.name))):
        expect_equal(world.daemon.ask(domain.name, "postfix-yield"), reply, f"reply for {domain}")
    Both(world, good_one, "postfix-yield").deliver()
    Both(world, wrong, "postfix-yield").refuse()
    Both(world, sts, "postfix-yield").deliver()
