# SPDX-License-Identifier: MIT
"""mta-stsd as the tests run it: its configuration, its life and its clock."""
import json
import os
import pathlib
import signal
import subprocess
import time

from . import namespace, process, socketmap
from .dns import RESOLVER

LIBFAKETIME = "faketime/libfaketime.so.1"

CONFIG = """\
server:
  listen:
    - inet:127.0.0.1:{port}
    - unix:/run/mta-stsd-{port}.sock
{listen}
dns:
  servers: ["{resolver}"]
  timeout: 1s
  attempts: 2
  trust_ad: {trust_ad}
  test_signed: signed.test
  test_bogus: bogus.test
https:
  ca_file: {ca}
  timeout: 10s
  connect_timeout: 3s
  allow_networks:
    - {ipv4[0]}
    - {ipv4[1]}
    - {ipv6}
    - {gone}
cache:
  file: {home}/policies.db
  recheck_min: 1s
  recheck_max: 2s
  negative_min: 1s
  negative_max: 2s
control:
  socket: {home}/control.sock
overrides: {home}/overrides.yml
log:
  level: debug
  target: stderr
process:
  sandbox: {sandbox}
maps:
  postfix-yield:
    dane: yield
"""


def _library(name):
    for folder in pathlib.Path("/usr/lib").glob("*-linux-gnu"):
        if (folder / name).exists():
            return str(folder / name)
    raise process.Failed(f"there is no {name} here")


class Daemon:
    """One instance; `clock`: days can be skipped with advance()."""

    def __init__(self, binaries, home, ca, port=8461, clock=False, resolver=RESOLVER, trust_ad="auto",
                 unix=None, group=""):
        """`unix`: one more socket to listen on; `group`: that may connect to the unix sockets."""
        self.port, self._clock = port, clock
        self._program = binaries / "daemon" / "mta-stsd"
        self._tool = binaries / "ctl" / "mta-stsctl"
        self.home, self.log, self.config = home, home / "log", home / "mta-stsd.yml"
        self._process = None
        self._offset = 0
        home.mkdir(parents=True, exist_ok=True)
        self.overrides = home / "overrides.yml"
        self.overrides.write_text("[]\n")
        self.config.write_text(CONFIG.format(port=port, ca=ca, home=home, resolver=resolver, trust_ad=trust_ad,
                                             sandbox="no" if clock else "yes",
                                             listen=(f"    - unix:{unix}\n" if unix else "") +
                                             f"  socket_group: \"{group}\"",
                                             ipv4=namespace.IPV4_NETWORKS, ipv6=namespace.IPV6_NETWORK,
                                             gone=namespace.GONE_NETWORK))

    def start(self):
        self._process = process.start("mta-stsd", [self._program, "-c", self.config], self.log, self._environment())
        process.wait_for_port(self._process, "mta-stsd", "127.0.0.1", self.port, self.log, 60)
        return self

    def _environment(self):
        environment = dict(os.environ)
        if self._clock:
            self._set_clock()
            # AddressSanitizer's runtime insists on being the first library.
            linked = subprocess.run(["ldd", self._program], capture_output=True, text=True).stdout.split()
            first = [word for word in linked if word.startswith("/") and "/libasan." in word]
            environment.update(LD_PRELOAD=" ".join(first + [_library(LIBFAKETIME)]), FAKETIME_NO_CACHE="1",
                               FAKETIME_TIMESTAMP_FILE=str(self.home / "clock"))
        return environment

    def _set_clock(self):
        replacement = self.home / "clock.new"
        replacement.write_text(f"+{self._offset}")
        replacement.rename(self.home / "clock")

    def advance(self, seconds):
        """Moves all clocks of the daemon; wakes it, because a moved clock wakes nobody."""
        self._offset += seconds
        self._set_clock()
        self.poke()

    def poke(self):
        """Asks until there is an answer: a connection that the clock jumps over counts as idle and is closed."""
        def answered():
            try:
                return socketmap.ask(f"poke{time.monotonic_ns()}.test", self.port)
            except ConnectionError:
                return None
        process.until(answered, "mta-stsd answers after its clock was moved")

    def ask(self, key, map_name="postfix"):
        return socketmap.ask(key, self.port, map_name)

    def stop(self):
        """SIGTERM; returns the exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=30)
        except subprocess.TimeoutExpired as error:
            self._process.kill()
            raise process.Failed("mta-stsd does not stop on SIGTERM") from error

    def signal(self, number):
        self._process.send_signal(number)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def running(self):
        return self._process is not None and self._process.poll() is None

    def ctl(self, *arguments):
        """mta-stsctl's (exit status, output)."""
        run = subprocess.run([self._tool, "-c", self.config, *arguments], capture_output=True, text=True, timeout=60)
        return run.returncode, run.stdout + run.stderr

    def explain(self, domain):
        status, text = self.ctl("explain", domain, "--json")
        try:
            return json.loads(text)
        except ValueError as error:
            raise process.Failed(f"mta-stsctl explain {domain}: status {status}: {text[:500]}") from error

    def end_of_log(self):
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-5:])

    def sanitizer_report(self):
        """What a sanitizer wrote into the log last, if anything."""
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()
        for at in range(len(lines) - 1, -1, -1):
            line = lines[at]
            if "ERROR: AddressSanitizer" in line or "runtime error:" in line or "ERROR: LeakSanitizer" in line \
                    or "WARNING: ThreadSanitizer" in line:
                return "\n".join(lines[at:at + 20])
        return ""
