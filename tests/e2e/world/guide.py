# SPDX-License-Identifier: MIT
"""The world as the documentation describes it: its domains, its file names, its commands.

The pages' commands run as they stand there. What makes that possible:

    example.com, example.net ...   domains of the test's DNS, with policies, mail hosts and mistakes as the pages tell
    /etc/mta-stsd, /var/lib/mta-stsd, /run/mta-stsd    laid over this machine's, in our namespace only
    mta-stsd, mta-stsctl           those of the build
    postconf, postfix, postmap, postqueue, sendmail    the older Postfix of the world, by MAIL_CONFIG
    systemctl, journalctl          stand-ins: they know the units of systemd/, start and stop our daemon, print its log
"""
import os
import pathlib
import re
import sqlite3
import subprocess
import threading
import urllib.request

from . import namespace, process, unpack
from .daemon import Daemon

HTTP = "127.0.0.1:9461"

STAND_IN = """\
#!/bin/sh
printf '%s\\n' "${{0##*/}}" "$@" >{home}/asked
{{ read -r status; cat; }} <{home}/answered
exit "$status"
"""


def publish(world):
    """The domains of the pages."""
    def domain(name):
        label, _, under = name.partition(".")
        return world.domain(label, under=under)

    com = domain("example.com")
    com.mx("mx1")
    com.publish("enforce", mx=["mx1.example.com", "*.example.net"], identity="20260101")
    net = domain("example.net")
    net.mx()
    net.tlsa()
    net.publish("enforce")
    org = domain("example.org")
    org.mx(certificate=None)
    partner = domain("partner.example")
    partner.mx("mx1")
    partner.publish("testing")
    moved = domain("moved.example")
    moved.mx("new")
    moved.publish("enforce", mx=["old.moved.example"])
    for name, certificate in (("wrong-name.example", "wrong-name"), ("self-signed.example", "self-signed"),
                              ("expired.example", "expired"), ("no-starttls.example", None)):
        one = domain(name)
        one.mx(certificate=certificate)
        one.publish("enforce")
    broken = domain("broken.example")
    broken.mx()
    broken.record("7")
    broken.host(days=-1)
    broken.policy("enforce")
    for name, kind in (("wrong-key.example.net", "mismatch"), ("no-tlsa-answer.example.net", "servfail")):
        one = domain(name)
        one.mx(certificate="good")
        one.tlsa(kind=kind)
        one.publish("enforce")
    fails = domain("tlsa-fails.example.net")
    fails.mx()
    fails.tlsa(kind="servfail")
    some = domain("some.example.net")
    some.mx("plain", certificate=None)
    some.mx("good")
    some.tlsa("good")
    some.publish("enforce")
    world.apply()


#: The configuration of another plugin, to migrate.
RESOLVER_YML = """\
host: 127.0.0.1
port: 8461
default_zone:
  strict_testing: false
"""


def other_plugin():
    """What postfix-mta-sts-resolver has left on this host."""
    pathlib.Path("/etc/mta-sts-daemon.yml").write_text(RESOLVER_YML)
    folder = pathlib.Path("/var/lib/mta-sts")
    folder.mkdir()
    with sqlite3.connect(folder / "cache.db") as cache:
        cache.execute("create table sts_policy_cache (domain text)")
        cache.execute("insert into sts_policy_cache values ('example.net')")
    cache.close()


class Guide:
    """Used with "with": stands in the place of world.daemon, on its port."""

    @classmethod
    def of(cls, world):
        """One for all cases, made when the first one asks."""
        if not hasattr(world, "guide"):
            world.guide = cls(world)
        return world.guide

    def __init__(self, world):
        self._world = world
        self.home = world.state / "guide"
        self.folder = self.home / "work"
        self._bin = self.home / "bin"
        self.folder.mkdir(parents=True)
        self._bin.mkdir()
        self._lay_over()
        self._make_commands()
        self.daemon = self._configure(Daemon(world.binaries, pathlib.Path("/etc/mta-stsd"), world.ca.trusted))
        other_plugin()
        publish(world)

    def __enter__(self):
        self._world.daemon.stop()
        self.daemon.overrides.write_text("[]\n")
        self.daemon.start()
        self._settle()
        self.daemon.ask("example.com")   # the host of the pages has run for a while
        return self

    def __exit__(self, *_):
        if self.daemon.running():
            self.daemon.stop()
        self._world.daemon.start()

    @staticmethod
    def _lay_over():
        namespace.overlay("/var/lib", ["/var/lib"], pathlib.Path("/run/overlay-var-lib"))
        for folder in ("/etc/mta-stsd", "/var/lib/mta-stsd", "/run/mta-stsd"):
            pathlib.Path(folder).mkdir(exist_ok=True)

    def _configure(self, daemon):
        text = daemon.config.read_text()
        for told, real in (("/etc/mta-stsd/policies.db", "/var/lib/mta-stsd/policies.db"),
                           ("/etc/mta-stsd/control.sock", "/run/mta-stsd/control.sock"), ("level: debug", "level: info")):
            text = text.replace(told, real)
        daemon.config.write_text(text + f"http:\n  listen: {HTTP}\n")
        return daemon

    def _make_commands(self):
        for name, path in (("mta-stsd", "daemon/mta-stsd"), ("mta-stsctl", "ctl/mta-stsctl")):
            (self._bin / name).symlink_to(self._world.binaries / path)
        for name in ("systemctl", "journalctl"):
            (self._bin / name).write_text(STAND_IN.format(home=self.home))
            (self._bin / name).chmod(0o755)
        for name in ("asked", "answered"):
            os.mkfifo(self.home / name)
        threading.Thread(target=self._stand_in, daemon=True).start()

    def _stand_in(self):
        while True:
            name, *arguments = (self.home / "asked").read_text().splitlines()
            try:
                status, text = {"systemctl": self._systemctl, "journalctl": self._journalctl}[name](arguments)
            except (process.Failed, OSError) as error:
                status, text = 1, f"{error}\n"
            (self.home / "answered").write_text(f"{status}\n{text}")

    def _systemctl(self, arguments):
        action, *units = [word for word in arguments if not word.startswith("-")]
        for unit in units:
            file = unit if "." in unit else unit + ".service"
            if not (unpack.TOP / "systemd" / file).exists():
                return 5, f"Unit {file} not found.\n"
        if "mta-stsd" not in units:
            return 4, "which unit?\n"
        if action == "is-active":
            return (0, "active\n") if self.daemon.running() else (3, "inactive\n")
        if action == "reload":   # what ExecReload= runs
            return (0, "") if self.daemon.ctl("reload")[0] == 0 else (1, "Job for mta-stsd.service failed.\n")
        if action in ("stop", "restart"):
            self.daemon.stop()
        if action in ("start", "restart"):
            self.daemon.start()
        return (0, "") if action in ("start", "stop", "restart") else (1, f"Unknown command verb {action}.\n")

    def _journalctl(self, arguments):
        words = list(arguments)
        lines = []
        if "-u" in words and words[words.index("-u") + 1] == "mta-stsd":
            levels = ["debug", "info", "warning", "error"]
            least = levels.index(words[words.index("-p") + 1].replace("err", "error")) if "-p" in words else 0
            text = self.daemon.log.read_text(errors="replace")
            lines = [re.sub(r"^\S+Z ", "", line) for line in text.splitlines()]
            lines = [line for line in lines if line.split(" ", 1)[0] in levels[least:]]
        if "-t" in words and words[words.index("-t") + 1] == "postfix/smtp":
            lines = self._world.sender.logged()
        return 0, "".join(line + "\n" for line in lines)

    def _settle(self):
        """Waits for what the daemon does in the background of its start, and for its log."""
        def tested():
            return "validates" in self.daemon.ctl("status")[1]
        process.until(tested, "the test of the resolver has ended")

    def run(self, command):
        """Runs a command of a page; (exit status, what it prints)."""
        environment = dict(os.environ, PATH=f"{self._bin}:{os.environ['PATH']}", LC_ALL="C.UTF-8", TZ="UTC",
                           MAIL_CONFIG=str(self._world.sender.conf), SSL_CERT_FILE=str(self._world.ca.trusted),
                           CURL_CA_BUNDLE=str(self._world.ca.trusted))
        try:
            run = subprocess.run(["sh", "-c", command], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                                 timeout=60)
        except subprocess.TimeoutExpired as error:
            raise process.Failed(f"{command}: does not end") from error
        return run.returncode, run.stdout

    def metrics(self):
        with urllib.request.urlopen(f"http://{HTTP}/metrics", timeout=10) as answer:
            return answer.read().decode()
