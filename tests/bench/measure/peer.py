# SPDX-License-Identifier: MIT
"""The same for postfix-mta-sts-resolver as Debian has it, each run beside one of ours.

Its package and what it needs are unpacked under build/bench-peer, never installed: fetch() does that before the
namespace, which has no way out, is entered.
"""

import os
import pathlib
import subprocess
import sys

from .hot import DOMAINS, cores
from .programs import Daemon, Program, load, wait_for, world
from .table import print_table

TOP = pathlib.Path(__file__).resolve().parents[3]
HOME = TOP / "build" / "bench-peer"
SETTINGS = """\
host: 127.0.0.1
port: 8463
cache_grace: 86400
cache:
  type: internal
  options:
    cache_size: 100000
default_zone:
  strict_testing: false
  timeout: 10
"""


def fetch():
    sys.path.insert(0, str(TOP / "tests" / "e2e"))
    from world.unpack import unpacked

    return unpacked("bench-unpacked", HOME)


def resolver(folder, core):
    """Started; the small Internet must be there. Asks whom /etc/resolv.conf names, and trusts SSL_CERT_FILE."""
    root = HOME / "root"
    if not root.is_dir():
        raise RuntimeError("no packages under build/bench-peer: tools/bench puts them there")
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    subprocess.run(["mount", "--bind", folder / "resolv.conf", os.path.realpath("/etc/resolv.conf")], check=True)
    (folder / "peer.yml").write_text(SETTINGS)
    environment = {**os.environ, "PYTHONPATH": str(root / "usr/lib/python3/dist-packages"),
                   "LD_LIBRARY_PATH": str(root / "usr/lib/x86_64-linux-gnu"), "SSL_CERT_FILE": str(folder / "ca.pem")}
    start = "from postfix_mta_sts_resolver.daemon import main; main()"
    program = Program(["/usr/bin/python3", "-c", start, "-c", folder / "peer.yml", "-v", "warn"], core, None,
                      env=environment)
    wait_for("inet:127.0.0.1:8463")
    return program


def peer(folder, quick):
    server, client = cores()
    theirs_at, map_name = "inet:127.0.0.1:8463", "postfix"
    rows = []
    with world(folder, client, addresses=250), Daemon(folder, server) as ours, resolver(folder, server) as theirs:
        pair = ((ours.tcp, ours), (theirs_at, theirs))
        # Other domains for each: the small Internet makes a certificate when a name is asked for the first time.
        cold = [load(at, client, of.pid, m=map_name, o=True, f=first, d=DOMAINS, c=64)
                for first, (at, of) in zip((100_000, 200_000), pair)]
        rows.append(row(f"{DOMAINS} cold domains", 64, cold))
        for at, _ in pair:
            load(at, m=map_name, o=True, d=DOMAINS, c=32)
        for connections in (1, 16, 128):
            hot = {"m": map_name, "d": DOMAINS, "c": connections, "s": 0.5 if quick else 2}
            rows.append(row("cached", connections, [load(at, client, of.pid, **hot) for at, of in pair]))
    print_table("Beside postfix-mta-sts-resolver (internal cache), over TCP, each server alone on one core",
                ["what", "connections", "ours/s", "theirs/s", "ours CPU us", "theirs CPU us", "ratio", "ours p99 us",
                 "theirs p99 us"], rows)


def row(what, connections, results):
    for result in results:
        if result["errors"] or result.get("OK", 0) != result["requests"]:
            raise RuntimeError(f"not every answer was OK: {result}")
    ours, theirs = results
    return [what, str(connections), ours["per_second"], theirs["per_second"], ours["cpu_us_per_request"],
            theirs["cpu_us_per_request"], theirs["cpu_us_per_request"] / ours["cpu_us_per_request"], ours["p99_us"],
            theirs["p99_us"]]


if __name__ == "__main__":
    fetch()
