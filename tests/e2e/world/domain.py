# SPDX-License-Identifier: MIT
"""A domain of the test's Internet: what it publishes, and what arrives at its MX hosts."""
from . import namespace, tlsa
from .receiver import Mailhost


def policy_text(mode, mx, max_age):
    lines = ["version: STSv1", f"mode: {mode}", *(f"mx: {pattern}" for pattern in mx), f"max_age: {max_age}"]
    return "\n".join(lines) + "\n"


class Domain:
    """Changes of records are seen after `world.apply()`."""

    def __init__(self, world, name):
        self.name, self._world = name, world
        self.policy_host = "mta-sts." + name
        self.hosts = {}
        self._mx = []
        self._folder = None

    def mx(self, label="mx", certificate="good", name=None, priority=None):
        """Adds an MX host, or sets up anew the one of that name.

        Its certificate: good, wrong-name, self-signed, expired, or None (no STARTTLS)."""
        name = name or f"{label}.{self.name}"
        host = Mailhost(name, self._world.new_address(), self._world.mail_certificate(name, certificate))
        self._world.receiver.add(host)
        self.hosts[label] = host
        if name not in [known for _, known in self._mx]:
            self._mx.append((priority or 10 * (len(self._mx) + 1), name))
        self._world.dns.set(name + ".", "A", host.address)
        self._world.dns.set(self.name + ".", "MX", *(f"{number} {target}." for number, target in self._mx))
        return host

    def redirect_mx(self, name):
        """What an attacker with a hand in DNS does: the MX records name another host, and nothing else."""
        self._world.dns.set(self.name + ".", "MX", f"10 {name}.")

    def tlsa(self, label="mx", kind="good", port=25):
        """What DNS says of an MX host's key. good: it; mismatch: another; unusable: nothing that SMTP could use;
        servfail: no answer can be had; None: there is no record; a list: these records."""
        name, certificate = f"_{port}._tcp.{self.hosts[label].name}.", self.hosts[label].certificate
        records = kind if isinstance(kind, list) else \
            {"good": [tlsa.record(certificate)] if certificate else [], "mismatch": [tlsa.MISMATCH],
             "unusable": [tlsa.UNUSABLE]}.get(kind, [])
        self._world.dns.set(name, "TLSA", *records)
        self._world.dns.set(name, "CNAME", *(["tlsa.bogus.test."] if kind == "servfail" else []))

    def record(self, identity="1", text=None):
        """The TXT record; identity None: there is none."""
        values = [] if identity is None and text is None else [f'"{text or f"v=STSv1; id={identity};"}"']
        self._world.dns.set("_mta-sts." + self.name + ".", "TXT", *values)

    def host(self, ipv6=False, **options):
        """Brings up the policy host: address and certificate."""
        self._folder = self._world.web.host(self.policy_host, **options)
        self.address()
        if ipv6:
            self._world.dns.set(self.policy_host + ".", "AAAA", self._world.new_address_v6())

    def address(self, address=None):
        self._world.dns.set(self.policy_host + ".", "A", address or self._world.new_address())

    def host_gone(self):
        """The policy host's name points where no route leads."""
        self.address(namespace.GONE)
        self._world.dns.set(self.policy_host + ".", "AAAA")

    def policy(self, mode="enforce", mx=None, max_age=604800, text=None):
        """The policy file; by default with the MX hosts that there are. Replaced in one step, as on a real host."""
        if mx is None:
            mx = [name for _, name in self._mx]
        content = text if text is not None else policy_text(mode, mx, max_age)
        target = self._folder / ".well-known" / "mta-sts.txt"
        replacement = target.with_suffix(".new")
        replacement.write_bytes(content if isinstance(content, bytes) else content.encode())
        replacement.rename(target)

    def publish(self, mode="enforce", identity="1", **policy):
        """Record, policy host and policy."""
        self.record(identity)
        self.host()
        self.policy(mode, **policy)
        self._world.apply()
        return self

    def requests(self):
        """The HTTPS requests that the policy host has seen."""
        return self._world.web.requests(self.policy_host)

    def mails(self):
        return [mail for host in self.hosts.values() for mail in host.mails]

    def __str__(self):
        return self.name
