# SPDX-License-Identifier: MIT
"""The profiles for Postfix 3.10 and later: what such a Postfix does with their attributes, and an older one not."""
from world.case import case
from world.mail import delivered, delivered_by, refused
from world.process import expect, expect_equal, until


def with_report(world, label, under="test"):
    """A domain that wants TLSRPT reports, so that Postfix makes them."""
    domain = world.domain(label, under=under)
    world.dns.set(f"_smtp._tls.{domain.name}.", "TXT", f'"v=TLSRPTv1; rua=mailto:reports@{domain.name}"')
    return domain


def report(world, domain):
    """What Postfix told the TLSRPT collector about the one policy of the domain."""
    reports = until(lambda: world.reports.of(domain.name), f"a report about {domain}")
    expect_equal(len(reports[0]["policies"]), 1, "policies in the report")
    return reports[0]["policies"][0]


@case("Postfix 3.10 takes the attributes without a warning, delivers, and reports the policy line by line")
def reported(world):
    domain = with_report(world, "reported")
    domain.mx()
    domain.publish("enforce", mx=["mx.reported.test", "*.example.com"], max_age=86400)
    before = len(world.newer_sender.warnings())
    delivered(world, domain, agent="postfix-tlsrpt", sender=world.newer_sender)
    expect_equal(world.newer_sender.warnings()[before:], [], "warnings in Postfix's log")
    policy = report(world, domain)
    expect_equal(policy["policy-domain"], domain.name, "policy-domain")
    lines = ["version: STSv1", "mode: enforce", "mx: mx.reported.test", "mx: *.example.com", "max_age: 86400"]
    expect_equal(policy["policy-string"], lines, "policy-string")
    expect_equal(policy["mx-host"], ["mx.reported.test", "*.example.com"], "mx-host")


@case("a bad certificate under a policy with attributes: refused, and reported as failure of that policy")
def failure_reported(world):
    domain = with_report(world, "failure-reported")
    domain.mx(certificate="wrong-name")
    domain.publish("enforce")
    refused(world, domain, agent="postfix-tlsrpt", sender=world.newer_sender)
    expect(report(world, domain)["failure-details"], "failures in the report")


@case("an MX host two labels below the wildcard: 3.7 delivers, 3.10 with the attributes refuses to connect")
def deep_host(world):
    domain = world.domain("deep")
    host = domain.mx("a.b")
    domain.publish("enforce", mx=["*.deep.test"])
    delivered(world, domain)
    connections = host.connections
    refused(world, domain, agent="postfix-tlsrpt", sender=world.newer_sender)
    expect_equal(host.connections, connections, "connections")


@case("an MX host that is not in the policy, with the certificate of one that is: 3.7 delivers, 3.10 refuses")
def other_host(world):
    domain = world.domain("other-host")
    host = domain.mx("real")
    host.present(world.ca.issue(world.state / "mail-certs" / "other-host.pem", ["mx1.other-host.test"]))
    domain.publish("enforce", mx=["mx1.other-host.test"])
    delivered(world, domain)
    refused(world, domain, agent="postfix-tlsrpt", sender=world.newer_sender)


@case("one MX host outside the policy, one inside: 3.10 passes over the first")
def second_host(world):
    domain = world.domain("second-host")
    outside, inside = domain.mx("outside"), domain.mx("inside")
    domain.publish("enforce", mx=[inside.name])
    delivered_by(world, domain, inside, agent="postfix-tlsrpt", sender=world.newer_sender)
    expect_equal(outside.connections, 0, "connections to the first")


@case("Postfix 3.7 asking a map with attributes: all mail of domains with a policy waits. Never configure that")
def too_old(world):
    expect(world.sender.version < "3.8", f"the older Postfix is {world.sender.version}")
    domain = world.domain("too-old")
    domain.mx()
    domain.publish("enforce")
    before = len(world.sender.warnings())
    text = refused(world, domain, agent="postfix-tlsrpt")
    expect("configuration" in text, f"what Postfix says of the mail: {text}")
    expect(any("policy_type" in line for line in world.sender.warnings()[before:]), "a warning that names policy_type")
    delivered(world, domain)
