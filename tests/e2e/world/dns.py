# SPDX-License-Identifier: MIT
"""DNS as mail servers meet it: unbound, validating, on 127.0.0.1 in front of knot with the zones.

Zone test. is not signed; zone signed.test. is, and unbound has its trust anchor. For bogus.test. it has one that
fits no key: whatever is asked there, the answer is SERVFAIL. A second unbound on 127.0.0.2 does not validate.
The domains of the documentation have zones too: of them example.net. is signed.
"""
import signal
import socket
import struct
import subprocess

from . import process

RESOLVER = "127.0.0.1"
NOT_VALIDATING = "127.0.0.2"
AUTHORITY = "127.0.0.53"
TTL = 2
UNSIGNED = ["test.", "bogus.test.", "example.", "example.com.", "example.org."]
SIGNED = ["signed.test.", "example.net."]
#: Those that no other zone of ours delegates.
TOPS = ["test.", "example.", "example.com.", "example.net.", "example.org."]

KNOT = """\
server:
    rundir: {run}
    listen: {authority}@53
    identity: ""
log:
  - target: {state}/knot.log
    any: info
database:
    storage: {state}/knot
policy:
  - id: test
    algorithm: ecdsap256sha256
    single-type-signing: on
    propagation-delay: 1
zone:
"""

KNOT_UNSIGNED = """\
  - domain: {zone}
    file: {state}/{zone}zone
    zonefile-load: whole
    zonefile-sync: -1
"""

KNOT_SIGNED = """\
  - domain: {zone}
    file: {state}/{zone}zone
    zonefile-load: difference-no-serial
    zonefile-sync: -1
    journal-content: all
    dnssec-signing: on
    dnssec-policy: test
"""

UNBOUND = """\
server:
    interface: {resolver}
    port: 53
    access-control: 127.0.0.0/8 allow
    username: ""
    chroot: ""
    directory: "{state}"
    pidfile: "{run}/unbound-{resolver}.pid"
    module-config: "{modules}"
    use-syslog: no
    logfile: ""
    verbosity: 1
    log-queries: yes
    num-threads: 1
    do-not-query-localhost: no
    do-ip6: no
    local-zone: "test." nodefault
    {anchors}
    harden-below-nxdomain: no
    cache-max-ttl: {ttl}
    cache-max-negative-ttl: 1
remote-control:
    control-enable: yes
    control-use-cert: no
    control-interface: "{run}/unbound-{resolver}.ctl"
"""

STUB_ZONE = """\
stub-zone:
    name: "{zone}"
    stub-addr: {authority}
"""


class Dns:
    """The records, and the servers that serve them. Changes are seen after apply()."""

    def __init__(self, state, run):
        self._state, self._run = state, run
        self._records = {zone: {} for zone in UNSIGNED + SIGNED}
        self._changed = set()
        self._serial = 1
        self._unbound = None

    def start(self):
        conf, log = self._state / "knot.conf", self._state / "knot.out"
        conf.write_text(KNOT.format(state=self._state, run=self._run, authority=AUTHORITY) +
                        "".join(KNOT_UNSIGNED.format(zone=zone, state=self._state) for zone in UNSIGNED) +
                        "".join(KNOT_SIGNED.format(zone=zone, state=self._state) for zone in SIGNED))
        (self._state / "knot").mkdir()
        for zone in self._records:
            self._write(zone)
        anchors = {zone: self._make_key(conf, zone) for zone in SIGNED}
        anchors["bogus.test."] = anchors["signed.test."].replace("signed.test.", "bogus.test.")
        (self._state / "anchor").write_text("".join(anchors.values()))
        knot = process.start("knot", ["knotd", "-c", conf, "-s", self._run / "knot.sock"], log)
        process.wait_for_port(knot, "knot", AUTHORITY, 53, log)
        self._write_unbound(RESOLVER, "validator iterator", f'trust-anchor-file: "{self._state}/anchor"')
        self._write_unbound(NOT_VALIDATING, "iterator", "")
        self._run_unbound(NOT_VALIDATING)
        self.start_resolver()

    @staticmethod
    def _make_key(conf, zone):
        """The zone's trust anchor."""
        keymgr = ["keymgr", "-c", conf, zone]
        subprocess.run([*keymgr, "generate", "algorithm=ecdsap256sha256", "ksk=yes", "zsk=yes"],
                       check=True, capture_output=True)
        anchor = subprocess.run([*keymgr, "ds"], check=True, capture_output=True, text=True).stdout
        return anchor.splitlines()[0].replace(f"{zone} DS", f"{zone} IN DS") + "\n"

    def _write_unbound(self, address, modules, anchors):
        (self._state / f"unbound-{address}.conf").write_text(UNBOUND.format(
            state=self._state, run=self._run, resolver=address, authority=AUTHORITY, ttl=TTL, modules=modules,
            anchors=anchors) + "".join(STUB_ZONE.format(zone=zone, authority=AUTHORITY) for zone in TOPS))

    def _run_unbound(self, address):
        log = self._state / f"unbound-{address}.log"
        unbound = process.start("unbound", ["unbound", "-d", "-p", "-c", self._state / f"unbound-{address}.conf"], log)
        process.wait_for_port(unbound, "unbound", address, 53, log)
        return unbound

    def start_resolver(self):
        self._unbound = self._run_unbound(RESOLVER)

    def stop_resolver(self):
        """Nothing listens on port 53 any more: questions are refused at once."""
        self._unbound.kill()
        self._unbound.wait()

    def silence_resolver(self):
        """Questions are taken and never answered."""
        self._unbound.send_signal(signal.SIGSTOP)

    def wake_resolver(self):
        self._unbound.send_signal(signal.SIGCONT)

    def _zone_of(self, name):
        return next(zone for zone in sorted(self._records, key=len, reverse=True)
                    if ("." + name).endswith("." + zone))

    def set(self, name, kind, *values):
        """The records of one name and type; none: they are removed. Values are as in a zone file."""
        zone = self._zone_of(name)
        self._records[zone][(name, kind)] = values
        self._changed.add(zone)

    def move(self, name, target, kind):
        """Gives the records of one name and type to another name."""
        self.set(target, kind, *self._records[self._zone_of(name)][(name, kind)])
        self.set(name, kind)

    def questions(self, name):
        """How often the resolver was asked about the name, whatever the type."""
        lines = (self._state / f"unbound-{RESOLVER}.log").read_text(errors="replace").splitlines()
        return sum(f" {name}. " in line for line in lines)

    def apply(self):
        """Returns when the authority serves the records and the resolver has forgotten the old ones."""
        if not self._changed:
            return
        self._serial += 1
        for zone in self._changed:
            self._write(zone)
        self._knotc("zone-reload", *self._changed)
        for zone in self._changed:
            process.until(lambda name=zone: self._is_served(name), f"knot serves the new zone {zone}")
        tops = sorted({"test." if zone.endswith(".test.") else zone for zone in self._changed})
        self._changed.clear()
        for address in (RESOLVER, NOT_VALIDATING):
            for zone in tops:
                self._unbound_control(address, "flush_zone", zone)

    def refuse(self, name):
        """From now on the resolver answers REFUSED to whatever is asked about this name."""
        self._unbound_control(RESOLVER, "local_zone", name, "always_refuse")

    def _unbound_control(self, address, *command):
        subprocess.run(["unbound-control", "-q", "-c", self._state / f"unbound-{address}.conf", *command],
                       check=True, capture_output=True)

    def _mark(self):
        return f"version-{self._serial}-"

    def _is_served(self, zone):
        """Whether the authority's TXT record version.<zone> is the one last written."""
        labels = b"".join(bytes([len(label)]) + label.encode() for label in f"version.{zone}".split("."))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
            query.settimeout(1)
            query.sendto(struct.pack("!6H", 1, 0, 1, 0, 0, 0) + labels + struct.pack("!2H", 16, 1), (AUTHORITY, 53))
            return self._mark().encode() in query.recv(4096)

    def _knotc(self, *arguments):
        run = subprocess.run(["knotc", "-s", self._run / "knot.sock", *arguments], capture_output=True, text=True)
        if run.returncode != 0:
            raise process.Failed("knotc " + " ".join(arguments) + ": " + run.stdout + run.stderr)

    def _write(self, zone):
        lines = [f"$TTL {TTL}", f"{zone} SOA ns.{zone} hostmaster.{zone} {self._serial} 3600 600 86400 1",
                 f"{zone} NS ns.{zone}", f"ns.{zone} A {AUTHORITY}", f"version.{zone} TXT {self._mark()}"]
        if zone == "test.":
            for child in ("signed.test.", "bogus.test."):
                lines += [f"{child} NS ns.{child}", f"ns.{child} A {AUTHORITY}"]
        if zone == "bogus.test.":
            lines += [f"bogus.test. A {AUTHORITY}"]
        for (name, kind), values in self._records[zone].items():
            lines += [f"{name} {kind} {value}" for value in values]
        (self._state / (zone + "zone")).write_text("\n".join(lines) + "\n")
