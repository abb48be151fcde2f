# SPDX-License-Identifier: MIT
"""The programs that are measured and those that measure, as processes on chosen cores."""

import json
import os
import pathlib
import subprocess
import time
import urllib.request

BENCH = None  # the build's tests/bench, set by run
DAEMON = None
CTL = None


def set_build(build):
    global BENCH, DAEMON, CTL
    BENCH = build / "tests" / "bench"
    DAEMON = build / "daemon" / "mta-stsd"
    CTL = build / "ctl" / "mta-stsctl"


def _on(core, nice=0):
    def prepare():
        os.nice(nice)
        if core is not None:
            os.sched_setaffinity(0, {core})
    return prepare


class Program:
    """A server that runs until the end of the with block."""

    def __init__(self, command, core=None, log=subprocess.DEVNULL, nice=0, **more):
        self.process = subprocess.Popen([str(part) for part in command], stderr=log, preexec_fn=_on(core, nice), **more)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(timeout=30)

    def kill(self):
        self.process.kill()
        self.process.wait()


def limit(endpoint, core=None):
    program = Program([BENCH / "socketmap_limit", endpoint], core)
    wait_for(endpoint)
    return program


def world(folder, core=None, dns_delay=0, web_delay=0, addresses=1, nice=0):
    command = [BENCH / "bench_world", "-d", dns_delay, "-w", web_delay, "-a", addresses, 53, 443, folder / "ca.pem"]
    program = Program(command, core, nice=nice, stdout=subprocess.PIPE, text=True)
    if program.process.stdout.readline() != "ready\n":
        raise RuntimeError("the small Internet did not come up")
    return program


SETTINGS = """\
server:
  listen:
    - {tcp}
    - {unix}
  max_connections: 12000
dns:
  servers:
    - 127.0.0.1
  test_signed: bench.test
  test_bogus: ""
https:
  ca_file: {folder}/ca.pem
  allow_networks:
    - 127.0.0.0/8
    - 10.255.0.0/16
cache:
  file: {folder}/policies.db
  max_policies: 2000000
  max_bytes: 4GiB
  max_negative: 2000000
control:
  socket: {folder}/control.sock
overrides: ""
http:
  listen: 127.0.0.1:9461
log:
  level: {level}
  target: stderr
"""


class Daemon(Program):
    """mta-stsd on a TCP port and a unix socket, with its files under `folder`."""

    def __init__(self, folder, core=None, level="info", until_answer=True):
        self.folder = pathlib.Path(folder)
        self.tcp = "inet:127.0.0.1:8461"
        self.unix = f"unix:{folder}/socketmap"
        self.settings = self.folder / "mta-stsd.yml"
        self.settings.write_text(SETTINGS.format(tcp=self.tcp, unix=self.unix, folder=folder, level=level))
        super().__init__([DAEMON, "-c", self.settings], core, open(self.folder / "log", "ab"))
        if until_answer:
            wait_for(self.tcp)


def write_policies(file, number, fresh=True, **options):
    """A database as the daemon would have left it, or more in one; options by letter, see bench_policies."""
    for leftover in file.parent.glob(file.name + "*") if fresh else ():
        leftover.unlink()
    command = [BENCH / "bench_policies", *_flags(options), number, file]
    subprocess.run([str(part) for part in command], check=True)


def _flags(options):
    flags = []
    for letter, value in options.items():
        flags += [f"-{letter}"] if value is True else [f"-{letter}", str(value)]
    return flags


def wait_for(endpoint):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if subprocess.run([BENCH / "socketmap_load", "-n", "1", endpoint], capture_output=True).returncode == 0:
            return
        time.sleep(0.002)
    raise RuntimeError(f"nobody answers at {endpoint}")


def load(endpoint, core=None, pid=None, nice=0, **options):
    """Runs the load generator to its end; what it says. Options by letter, see socketmap_load."""
    process = start_load(endpoint, core, pid, nice, **options)
    out, errors = process.communicate()
    if process.returncode == 2:
        raise RuntimeError(errors)
    return json.loads(out)


def start_load(endpoint, core=None, pid=None, nice=0, **options):
    command = [str(BENCH / "socketmap_load")]
    if pid:
        command += ["-P", str(pid)]
    command += _flags(options)
    return subprocess.Popen(
        command + [endpoint], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_on(core, nice)
    )


def start_import(daemon, file, core=None, nice=0):
    command = [CTL, "-c", daemon.settings, "cache", "import", file]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            preexec_fn=_on(core, nice))


def cpu_seconds(pid, thread=None):
    """Of all threads that live, or of those of one name."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    wanted = [task for task in tasks if thread in (None, (task / "comm").read_text().strip())]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in wanted) / 1e9


def refreshes_so_far():
    """By the daemon's own count."""
    with urllib.request.urlopen("http://127.0.0.1:9461/metrics") as page:
        lines = page.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if "_lookups" in line and 'cause="refresh"' in line)


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
