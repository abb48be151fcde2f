# SPDX-License-Identifier: MIT
"""All parts together."""
import ipaddress
import pathlib
import shutil

from . import debian13, namespace, process, unpack
from .ca import Authority
from .daemon import Daemon
from .dns import Dns
from .domain import Domain
from .receiver import Receiver
from .sender import Sender
from .tlsrpt import Reports
from .web import Web


def enter(binaries):
    """Makes the world in new namespaces, and goes on in a child of ours in there; Failed if a part is missing."""
    root, newer = unpack.unpacked(), debian13.unpacked()
    namespace.enter()
    namespace.prepare(root)
    return World(binaries, newer).start()


class World:
    """The test's Internet, two sending Postfixes, and the one mta-stsd that they ask.

    Servers stay up over all cases. Each case takes domains of its own.
    """

    def __init__(self, binaries, newer, state=unpack.HOME / "state"):
        """`newer`: the root that the newer Postfix is in."""
        self.binaries, self.state = binaries, state
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        state.chmod(0o755)
        run = pathlib.Path("/run")
        self.ipv6 = namespace.has_ipv6()
        self.ca = Authority(state)
        self.dns = Dns(state, run)
        self.web = Web(state, run, self.ca, self.ipv6)
        self.receiver = Receiver(self.ipv6)
        namespace.share(newer, state)
        self.reports = Reports(state / "tlsrpt")
        self.sender = Sender(state / "postfix", self.ca.trusted, self.ipv6)
        self.newer_sender = Sender(state / "postfix-newer", self.ca.trusted, self.ipv6, 10026, newer, self.reports.path)
        self.daemon = Daemon(binaries, state / "daemon", self.ca.trusted)
        self._addresses = (address for network in namespace.IPV4_NETWORKS
                           for address in ipaddress.ip_network(network).hosts())
        self._addresses_v6 = 0
        self._domains = set()
        self._own = []
        (state / "mail-certs").mkdir()

    def start(self):
        self.dns.start()
        self.web.start()
        self.receiver.start()
        self.daemon.start()
        self.reports.start()
        self.sender.start()
        self.newer_sender.start()
        return self

    def apply(self):
        self.dns.apply()

    def domain(self, label, under="test"):
        """A domain that no other case has."""
        name = f"{label}.{under}"
        if name in self._domains:
            raise process.Failed(f"two cases use the domain {name}")
        self._domains.add(name)
        return Domain(self, name)

    def new_address(self):
        try:
            return str(next(self._addresses))
        except StopIteration:
            raise process.Failed("the test's IPv4 networks are used up") from None

    def new_address_v6(self):
        self._addresses_v6 += 1
        return f"2001:db8::{self._addresses_v6:x}"

    def mail_certificate(self, host, kind):
        """The certificate file of an MX host, or None."""
        path = self.state / "mail-certs" / (host + ".pem")
        if kind is None:
            return None
        if kind == "wrong-name":
            return self.ca.issue(path, ["other." + host])
        return self.ca.issue(path, [host], self_signed=kind == "self-signed", days=-1 if kind == "expired" else 3650)

    def own_daemon(self, **options):
        """Another mta-stsd, for a case that restarts it, kills it, moves its clock or gives it another resolver."""
        port = 8500 + len(self._own)
        daemon = Daemon(self.binaries, self.state / f"daemon-{port}", self.ca.trusted, port, **options)
        self._own.append(daemon)
        return daemon.start()

    def release(self):
        """After a case: its daemons end, and the resolver runs."""
        self.dns.wake_resolver()
        for daemon in self._own:
            if daemon.running():
                daemon.kill()

    def daemons(self):
        return [self.daemon, *self._own]
