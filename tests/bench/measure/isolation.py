# SPDX-License-Identifier: MIT
"""How long cached answers take while the daemon, on one core, has something else to do."""

import subprocess

from .checkpoints import Checkpoints
from .hot import DOMAINS, cores
from .programs import Daemon, load, start_load, world
from .table import print_table



class Queries:
    """What else: a second load generator, by its options."""

    def __init__(self, name, **options):
        self.names = name
        self.options = options

    def prepare(self, folder):
        pass

    def start(self, ours, core, nice):
        return start_load(ours.tcp, core, None, nice, m="postfix-dane", **self.options)

    def state(self):
        return None

    def name(self, before, after):
        return self.names


STORMS = (
    Queries("cold domains", o=True, f=1_000_000, d=1_000_000, c=256),
    Queries("domains whose DNS is silent", o=True, k="d%.silent.test", d=1_000_000, c=1000),
    Queries("policy hosts that cannot be reached", o=True, k="d%.unreachable.test", d=1_000_000, c=1000),
    Queries("policy hosts that send a byte at a time", o=True, k="d%.slow.test", d=1_000_000, c=1000),
    Queries("clients that pipeline 64 requests", d=DOMAINS, c=16, p=64, s=60),
    Checkpoints(),
)
URGENT, PATIENT = -15, 15  # the load that is measured, and the world and the storm: all on the other core


def isolation(folder, quick):
    # Where what is sent to 10.255/16 gets lost.
    for command in ("link add sink type veth peer name drain", "address add 10.255.0.1/16 dev sink",
                    "link set drain up", "link set sink up arp off"):
        subprocess.run(["ip", *command.split()], check=True)
    rows = []
    for storm in STORMS:
        runs = sorted((pair(storm, folder, 2) for _ in range(1 if quick else 5)), key=lambda run: run[5])
        rows.append(runs[len(runs) // 2])
    print_table("Cached answers, the server on one core, beside a storm of",
                ["storm", "answers/s alone", "p99 us alone", "answers/s beside it", "p99 us beside it", "ratio",
                 "p99.9 us beside it"], rows)


def pair(storm, folder, seconds):
    """A row: cached answers alone, and at once beside the storm. Of such pairs the one with the median ratio counts."""
    server, client = cores()
    hot = {"m": "postfix-dane", "d": DOMAINS, "c": 16, "s": seconds}
    storm.prepare(folder)
    with world(folder, client, addresses=250, nice=PATIENT), Daemon(folder, server) as ours:
        load(ours.tcp, m="postfix-dane", o=True, d=DOMAINS, c=32)
        alone = load(ours.tcp, client, ours.pid, URGENT, **hot)
        rages = storm.start(ours, client, PATIENT)
        load(ours.tcp, client, ours.pid, URGENT, **{**hot, "s": 1})
        before = storm.state()
        beside = load(ours.tcp, client, ours.pid, URGENT, **hot)
        name = storm.name(before, storm.state())
        if rages.poll() is not None:
            raise RuntimeError(f"{name}: over before that was measured")
        rages.terminate()
        rages.wait()
    return [name, alone["per_second"], alone["p99_us"], beside["per_second"], beside["p99_us"],
            beside["p99_us"] / alone["p99_us"], beside["p999_us"]]
