# SPDX-License-Identifier: MIT
"""What MTA-STS is there for: someone between us and the domain."""
from world.case import case
from world.mail import delivered, holds, refused, secure
from world.process import expect_equal


def with_attacker(world, label):
    """A domain with an enforce policy that we know, and an attacker's domain with an MX host of its own."""
    domain, attacker = world.domain(label), world.domain(label + "-attacker")
    domain.mx()
    attacker.mx()
    domain.publish("enforce")
    delivered(world, domain)
    return domain, attacker


@case("DNS names an MX host outside the policy, with a valid certificate of its own: refused")
def foreign_mx(world):
    domain, attacker = with_attacker(world, "foreign-mx")
    domain.redirect_mx("mx." + attacker.name)
    world.apply()
    refused(world, domain, attacker)


@case("the attacker also takes record and policy host away: refused")
def everything_taken(world):
    domain, attacker = with_attacker(world, "everything-taken")
    domain.redirect_mx("mx." + attacker.name)
    domain.record(None)
    domain.host_gone()
    world.apply()
    holds(lambda: world.daemon.ask(domain.name), secure("mx." + domain.name), 4, "reply without record and host")
    refused(world, domain, attacker)


@case("the attacker publishes a new id and serves mode none without a valid certificate: refused")
def forged_policy(world):
    domain, attacker = with_attacker(world, "forged-policy")
    domain.redirect_mx("mx." + attacker.name)
    domain.record("2")
    domain.host(self_signed=True)
    domain.policy("none", mx=[])
    world.apply()
    holds(lambda: world.daemon.ask(domain.name), secure("mx." + domain.name), 4, "reply with a forged policy host")
    refused(world, domain, attacker)


@case("the attacker strips STARTTLS: refused")
def starttls_stripped(world):
    domain, attacker = with_attacker(world, "starttls-stripped")
    stripped = attacker.mx("plain", certificate=None, name="mx." + domain.name)
    world.apply()
    refused(world, domain, attacker)
    expect_equal(stripped.connections, 1, "connections to the stripping host")


@case("DNS steers the policy host into the operator's network: nothing is fetched there")
def steered_inside(world):
    domain = world.domain("steered-inside")
    domain.mx()
    domain.record()
    domain.host()
    domain.policy("enforce")
    domain.address("127.0.0.1")
    world.apply()
    expect_equal(world.daemon.ask(domain.name), "NOTFOUND ", "reply")
    expect_equal(domain.requests(), [], "requests to the address inside")
