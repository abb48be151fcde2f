# SPDX-License-Identifier: MIT
"""How long cached answers take while the daemon, on one core, has something else to do."""

import subprocess

from .hot import DOMAINS, cores
from .programs import Daemon, load, start_load, world
from .table import print_table

# What else: the options of a second load generator.
STORMS = {
    "cold domains": {"o": True, "f": 1_000_000, "d": 1_000_000, "c": 256},
    "domains whose DNS is silent": {"o": True, "k": "d%.silent.test", "d": 1_000_000, "c": 1000},
    "policy hosts that cannot be reached": {"o": True, "k": "d%.unreachable.test", "d": 1_000_000, "c": 1000},
    "policy hosts that send a byte at a time": {"o": True, "k": "d%.slow.test", "d": 1_000_000, "c": 1000},
    "clients that pipeline 64 requests": {"d": DOMAINS, "c": 16, "p": 64, "s": 60},
}
URGENT, PATIENT = -15, 15  # the load that is measured, and the world and the storm: all on the other core


def isolation(folder, quick):
    server, client = cores()
    # Where what is sent to 10.255/16 gets lost.
    for command in ("link add sink type veth peer name drain", "address add 10.255.0.1/16 dev sink",
                    "link set drain up", "link set sink up arp off"):
        subprocess.run(["ip", *command.split()], check=True)
    hot = {"m": "postfix-dane", "d": DOMAINS, "c": 16, "s": 2 if quick else 5}
    rows = []
    for name, options in STORMS.items():
        with world(folder, client, addresses=250, nice=PATIENT), Daemon(folder, server) as ours:
            load(ours.tcp, m="postfix-dane", o=True, d=DOMAINS, c=32)
            alone = load(ours.tcp, client, ours.pid, URGENT, **hot)
            storm = start_load(ours.tcp, client, None, PATIENT, m="postfix-dane", **options)
            load(ours.tcp, client, ours.pid, URGENT, **{**hot, "s": 1})
            beside = load(ours.tcp, client, ours.pid, URGENT, **hot)
            storm.terminate()
            storm.wait()
        rows.append([name, alone["per_second"], alone["p99_us"], beside["per_second"], beside["p99_us"],
                     beside["p99_us"] / alone["p99_us"], beside["p999_us"]])
    print_table("Cached answers, the server on one core, beside a storm of",
                ["storm", "answers/s alone", "p99 us alone", "answers/s beside it", "p99 us beside it", "ratio",
                 "p99.9 us beside it"], rows)
