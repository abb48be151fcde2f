# SPDX-License-Identifier: MIT
"""The domains of the demonstration: each with what it publishes, in words, and what ought to become of mail to it."""
from .dane import signed


def good(world, label):
    domain = world.domain(label)
    domain.mx()
    return domain.publish("enforce")


def behind_cdn(world):
    domain = world.domain("cdn")
    domain.mx("in1")
    domain.record()
    domain.host(ipv6=world.ipv6)
    domain.policy("enforce", mx=["*.cdn.test"])
    return domain, "enforce, mx *.cdn.test, policy host behind a CDN"


def bad_mx(world, label, certificate, mode="enforce"):
    domain = world.domain(label)
    domain.mx(certificate=certificate)
    domain.publish(mode, mx=[] if mode == "none" else None)
    return domain


def hijacked(world):
    """Known to us before an attacker gets at its DNS."""
    domain, attacker = good(world, "hijacked"), world.domain("attacker")
    attacker.mx()
    world.daemon.ask(domain.name)
    domain.redirect_mx("mx.attacker.test")
    domain.record(None)
    domain.host_gone()
    return domain, "enforce; then DNS was forged: no record, MX mx.attacker.test (valid certificate)"


def outage(world):
    domain = good(world, "outage")
    world.daemon.ask(domain.name)
    domain.record("2")
    domain.host_gone()
    return domain, "enforce; then a new id, and the policy host is gone"


def unreachable(world):
    domain = good(world, "unreachable")
    domain.host_gone()
    return domain, "enforce, but the policy host was never reached"


def hostile(world):
    domain = world.domain("hostile")
    domain.mx()
    domain.publish("enforce", mx=["x.example servername=evil", "{ evil }", "mx.hostile.test"])
    return domain, "enforce, with mx lines that try to speak to Postfix"


def nothing(world):
    domain = world.domain("nothing")
    domain.mx(certificate=None)
    return domain, "nothing, and its MX host has no STARTTLS"


def with_dane(world, label, kind, certificate="good", mode=None):
    domain = signed(world, label, kind, certificate=certificate)
    return domain.publish(mode) if mode else domain


def dane_for_one(world):
    domain = world.domain("dane-for-one", under="signed.test")
    domain.mx("plain", certificate=None)
    domain.mx("good")
    domain.tlsa("good")
    domain.publish("enforce")
    return domain, "enforce, and DANE for the second of two MX hosts; the first offers no STARTTLS"


def dane_of_attacker(world):
    """The domain's own zone is not signed: DANE of the hosts that it names says nothing about the domain."""
    domain, attacker = good(world, "forged-mx"), with_dane(world, "attacker", "good")
    world.apply()
    world.daemon.ask(domain.name)
    domain.redirect_mx("mx0." + attacker.name)
    return domain, "enforce; then DNS was forged: MX mx0.attacker.signed.test, with DANE and a valid certificate"


#: What ought to become of the mail, and how the domain comes to be. Postfix asks the map postfix.
STORIES = [
    ("sent", lambda world: (good(world, "good"), "enforce")),
    ("sent", behind_cdn),
    ("sent", lambda world: (good(world, "xn--bcher-kva"), "enforce; written to as bücher.test")),
    ("deferred", lambda world: (bad_mx(world, "wrong-name", "wrong-name"),
                                "enforce, but its MX host has another host's certificate")),
    ("deferred", lambda world: (bad_mx(world, "expired", "expired"),
                                "enforce, but its MX host's certificate is expired")),
    ("deferred", lambda world: (bad_mx(world, "stripped", None), "enforce, but its MX host offers no STARTTLS")),
    ("deferred", hijacked),
    ("sent", outage),
    ("sent", lambda world: (bad_mx(world, "testing", "self-signed", "testing"),
                            "testing, and a self-signed certificate")),
    ("sent", lambda world: (bad_mx(world, "none", "self-signed", "none"), "none, and a self-signed certificate")),
    ("sent", hostile),
    ("sent", unreachable),
    ("sent", nothing),
]

#: The same for Postfix with DNSSEC, which asks the map postfix-dane. The zone signed.test is signed.
DANE_STORIES = [
    ("sent", lambda world: (with_dane(world, "dane", "good", "self-signed"),
                            "DANE: the key of its MX host, whose certificate is self-signed")),
    ("deferred", lambda world: (with_dane(world, "dane-wrong-key", "mismatch", mode="enforce"),
                                "enforce (its MX host's certificate is valid), and DANE with another key")),
    ("sent", dane_for_one),
    ("deferred", dane_of_attacker),
]
