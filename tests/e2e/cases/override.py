# SPDX-License-Identifier: MIT
"""The operator's own word comes before what a domain publishes."""
import json

from world.case import case
from world.dane import Both, ask, signed
from world.mail import NO_POLICY, delivered, refused, secure
from world.process import expect, expect_equal, until


def apply(world, *entries):
    """Replaces the overrides of the daemon that Postfix asks. JSON is YAML, too."""
    world.daemon.overrides.write_text(json.dumps(entries, indent=1) + "\n")
    status, text = world.daemon.ctl("reload")
    expect_equal(status, 0, f"exit status of reload: {text}")


@case("pin, ignore, enforce and defer: as the operator says, without a look at the domain where none is needed")
def actions(world):
    pinned, ignored, testing, deferred = (world.domain("override-" + label)
                                          for label in ("pin", "ignore", "enforce", "defer"))
    pinned.mx()
    ignored.mx(certificate="self-signed")
    testing.mx(certificate="self-signed")
    deferred.mx()
    for domain, mode in ((pinned, "none"), (ignored, "enforce"), (testing, "testing"), (deferred, "none")):
        domain.publish(mode)
    apply(world, {"domain": pinned.name, "action": "pin", "mx": ["mx." + pinned.name]},
          {"domain": ignored.name, "action": "ignore", "comment": "their certificate is broken"},
          {"domain": testing.name, "action": "enforce"},
          {"domain": deferred.name, "action": "defer"})
    until(lambda: world.daemon.ask(pinned.name) == secure("mx." + pinned.name), "the pinned policy")
    delivered(world, pinned)
    expect_equal(world.daemon.ask(ignored.name), NO_POLICY, "reply for the ignored domain")
    delivered(world, ignored, "Untrusted")
    refused(world, testing)
    expect(world.daemon.ask(deferred.name).startswith("TEMP "), "reply for the deferred domain")
    refused(world, deferred)
    for domain in (pinned, ignored, deferred):
        expect_equal(domain.requests(), [], f"fetches of the policy of {domain}")
    apply(world)
    until(lambda: world.daemon.ask(ignored.name) == secure("mx." + ignored.name), "the policy without an override")


@case("an override comes before DANE too: the pinned certificate is taken, whatever TLSA says")
def before_dane(world):
    domain = signed(world, "override-dane", "mismatch")
    apply(world, {"domain": domain.name, "action": "pin", "mx": ["mx0." + domain.name]})
    world.apply()
    until(lambda: ask(world, domain) == secure("mx0." + domain.name), "the pinned policy")
    Both(world, domain).deliver()
    apply(world)
    until(lambda: ask(world, domain) == "OK dane-only", "dane-only without the override")
    Both(world, domain).refuse()


@case("an override past its time does nothing")
def expired(world):
    domain = world.domain("override-expired")
    domain.mx()
    domain.publish("enforce")
    apply(world, {"domain": domain.name, "action": "ignore", "until": "2020-01-01"})
    expect_equal(world.daemon.ask(domain.name), secure("mx." + domain.name), "reply")
    apply(world)
