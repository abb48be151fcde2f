# SPDX-License-Identifier: MIT
"""What an operator sees and does."""
import signal

from world.case import case
from world.dane import ask, signed
from world.mail import secure
from world.process import expect, expect_equal, until


@case("mta-stsctl query and explain: the reply that Postfix gets, and why")
def explain(world):
    domain = world.domain("explain")
    domain.mx()
    domain.publish("enforce", identity="20260101")
    expect_equal(world.daemon.ctl("query", domain.name), (0, secure("mx.explain.test") + "\n"), "query")
    status, text = world.daemon.ctl("explain", domain.name)
    expect_equal(status, 0, "exit status of explain")
    for part in ("record: v=STSv1; id=20260101;", "enforce", "mx.explain.test"):
        expect(part in text, f"explain does not show {part!r}: {text}")
    expect(world.daemon.explain(domain.name), "explain --json")


@case("explain shows the DANE state of each MX host, the cell of the table, and what was given up")
def explain_dane(world):
    domain = signed(world, "explain-dane", "good", None, "servfail").publish("enforce")
    expect_equal(ask(world, domain), "OK dane-only", "reply")
    told = world.daemon.explain(domain.name)
    expect_equal([host["status"] for host in told["survey"]["hosts"]], ["usable", "no-tlsa", "failed"], "the hosts' states")
    expect_equal((told["survey"]["state"], told["survey"]["mx_secure"]), ("some", True), "survey")
    cell = told["replies"]["postfix-dane"]["dane"]
    expect_equal((cell["survey"], cell["policy"]), ("some", "enforce"), "cell of the table")
    expect(cell["given_up"], "what was given up")
    expect("dane" not in told["replies"]["postfix"], "no DANE for a profile without it")


@case("explain names the reason for each failed fetch")
def reasons(world):
    def domain_with(label, prepare, **host):
        domain = world.domain("reason-" + label)
        domain.mx()
        domain.record()
        domain.host(**host)
        domain.policy("enforce")
        prepare(domain)
        world.apply()
        world.daemon.ask(domain.name)
        _, text = world.daemon.ctl("explain", domain.name, "--json")
        expect(f'"{label}"' in text, f"explain does not give the reason {label!r}: {text}")

    def no_file(domain):
        (world.web.host(domain.policy_host) / ".well-known" / "mta-sts.txt").unlink()

    def as_html(domain):
        folder = world.web.host(domain.policy_host)
        (folder / "html").touch()
        (folder / "index.html").write_text((folder / ".well-known" / "mta-sts.txt").read_text())

    domain_with("tls-untrusted", lambda domain: None, self_signed=True)
    domain_with("tls-expired", lambda domain: None, days=-1)
    domain_with("tls-name-mismatch", lambda domain: None, certificate_for="www.elsewhere.test")
    domain_with("http-status", no_file)
    domain_with("media-type", as_html)
    domain_with("too-large", lambda domain: domain.policy(text="x: y\n" * 20000))
    domain_with("syntax", lambda domain: domain.policy(text="version: STSv1\n"))
    domain_with("connect", lambda domain: domain.host_gone())
    domain_with("address-refused", lambda domain: domain.address("127.0.0.1"))
    domain_with("dns", lambda domain: world.dns.set(domain.policy_host + ".", "A"))


@case("mta-stsctl forget: the domain is looked up anew")
def forget(world):
    domain = world.domain("forget")
    domain.mx()
    domain.publish("enforce")
    world.daemon.ask(domain.name)
    expect_equal(world.daemon.ctl("forget", domain.name)[0], 0, "exit status of forget")
    world.daemon.ask(domain.name)
    expect_equal(len(domain.requests()), 2, "fetches of the policy")


@case("SIGHUP with a damaged configuration: the old settings and the cache stay")
def bad_reload(world):
    daemon = world.own_daemon()
    domain = world.domain("bad-reload")
    domain.mx()
    domain.publish("enforce")
    reply = daemon.ask(domain.name)
    good = daemon.config.read_text()
    daemon.config.write_text(good.replace("recheck_min:", "recheck_mim:"))
    daemon.signal(signal.SIGHUP)
    until(lambda: "recheck_mim" in daemon.log.read_text(), "the log names the unknown key")
    expect_equal(daemon.ask(domain.name), reply, "reply after the reload")
    daemon.config.write_text(good)
    daemon.signal(signal.SIGHUP)
    expect_equal(daemon.ask(domain.name), reply, "reply after a good reload")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("a reload changes a profile for cached domains, without a fetch")
def reload_profile(world):
    daemon = world.own_daemon()
    domain = world.domain("reload-profile")
    domain.mx()
    domain.publish("testing")
    expect_equal(daemon.ask(domain.name), "NOTFOUND ", "reply for a testing policy")
    daemon.config.write_text(daemon.config.read_text() + "  postfix:\n    strict_testing: yes\n")
    expect_equal(daemon.ctl("reload")[0], 0, "exit status of reload")
    until(lambda: daemon.ask(domain.name) == secure("mx." + domain.name), "the strict profile's reply")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")
