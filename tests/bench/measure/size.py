# SPDX-License-Identifier: MIT
"""Many policies, names without one, surveys, and connections: memory, time to start, time of a hit."""

import contextlib
import pathlib
import socket
import time

from .hot import cores
from .programs import Daemon, cpu_seconds, load, refreshes_so_far, resident_kib, world, write_policies
from .table import print_table

KEY = "d%.test"  # of bench_policies
SYSTEM_BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
STARTS = 5  # the median counts
HITS = {"m": "postfix", "k": KEY, "c": 16}


def memory(folder, quick):
    policies(folder, (1_000, 10_000) if quick else (10_000, 50_000, 1_000_000), quick)
    negatives(folder, (1_000, 10_000) if quick else (10_000, 100_000, 1_000_000), quick)
    surveys(folder, (1_000, 5_000) if quick else (10_000, 50_000), quick)


def policies(folder, counts, quick):
    """What a restart reads. Each policy is asked for: none of that comes from a processor's cache. CPU is that of the
    thread that answers: behind it the engine looks each record up again, as after any restart."""
    server, client = cores()
    rows = []
    empty = None
    for count in (0, *counts):
        write_policies(folder / "policies.db", count, a=60, s=70_000)
        database = sum(f.stat().st_size for f in folder.glob("policies.db*"))
        with world(folder, client), contextlib.ExitStack() as last:
            trust_the_system_too(folder)
            starts = []
            for _ in range(0 if quick else STARTS - 1):
                with started(folder, server) as (_, *times):
                    starts.append(times)
            ours, *times = last.enter_context(started(folder, server))
            start, cpu = sorted([*starts, times])[len(starts) // 2]
            first_answer("unknown.test")  # of the engine, which has read the CA certificates by then
            resident = resident_kib(ours.pid)
            if count == 0:
                empty = resident
                continue
            hits = least_cpu(ours, client, count, quick)
            if hits.get("OK", 0) != hits["requests"]:
                raise RuntimeError(f"not all of {count} policies are answered")
            rows.append([f"{count:,}", f"{(resident - empty) * 1024 / count:.0f}", resident / 1024,
                         f"{database / count:.0f}", start * 1000, cpu * 1000, hits["per_second"], hits["p50_us"],
                         hits["p99_us"], hits["serving_us"]])
    print_table("Policies, after a restart", ["policies", "bytes each in memory", "resident MiB", "bytes each on disk",
                                              "ms to first answer", "CPU ms until then", "hits/s", "p50 us", "p99 us",
                                              "CPU us"], rows)


def trust_the_system_too(folder):
    """A start reads a distribution's bundle of CA certificates, not the small Internet's one alone."""
    if SYSTEM_BUNDLE.exists():
        with open(folder / "ca.pem", "ab") as bundle:
            bundle.write(SYSTEM_BUNDLE.read_bytes())


def least_cpu(ours, client, count, quick, **key):
    """Of some runs over all names, the one that took the least CPU time of the thread that answers."""
    requests = max(count, 10_000 if quick else 100_000)
    best = None
    for _ in range(1 if quick or requests > 200_000 else 3):
        before = cpu_seconds(ours.pid, "serving")
        run = load(ours.tcp, client, d=count, n=requests, **{**HITS, **key})
        run["serving_us"] = (cpu_seconds(ours.pid, "serving") - before) * 1e6 / run["requests"]
        if best is None or run["serving_us"] < best["serving_us"]:
            best = run
    return best


@contextlib.contextmanager
def started(folder, core):
    """A daemon that has given its first answer; how long that took from its start, and how much CPU time."""
    began = time.monotonic()
    with Daemon(folder, core, "warning", until_answer=False) as ours:
        first_answer()
        yield ours, time.monotonic() - began, cpu_seconds(ours.pid)


def first_answer(name="d0000000.test"):
    request = f"postfix {name}".encode()
    while True:
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", 8461)) as asking:
            asking.sendall(b"%d:%s," % (len(request), request))
            if asking.recv(1000):
                return
        time.sleep(0.001)


def negatives(folder, counts, quick):
    names = {"m": "postfix", "k": "none%.test"}
    print_table("Names without a policy", ["names", "bytes each", "first questions/s", "CPU us", "hits/s", "p99 us",
                                           "CPU us of a hit"], grown(folder, counts, quick, 0, names))


def surveys(folder, counts, quick):
    """In a DANE map: domains whose policy is known and whose mail hosts are surveyed."""
    names = {"m": "postfix-dane", "k": KEY}
    print_table("Surveys (postfix-dane), one mail host each",
                ["next hops", "bytes each", "surveys/s", "CPU us", "hits/s", "p99 us", "CPU us of a hit"],
                grown(folder, counts, quick, counts[-1], names))


def grown(folder, counts, quick, policies_known, names):
    """Names asked for the first time, more and more of them, and again."""
    server, client = cores()
    rows = []
    write_policies(folder / "policies.db", policies_known, a=60, s=70_000)
    with world(folder), started(folder, server) as (ours, _, _):
        known = counts[0] // 10
        load(ours.tcp, client, o=True, d=known, c=128, **names)
        few, empty = known, resident_kib(ours.pid)
        for count in counts:
            first = load(ours.tcp, client, ours.pid, o=True, f=known, d=count - known, c=128, **names)
            resident = resident_kib(ours.pid)
            hits = least_cpu(ours, client, count, quick, **names)
            rows.append([f"{count:,}", f"{(resident - empty) * 1024 / (count - few):.0f}", first["per_second"],
                         first["cpu_us_per_request"], hits["per_second"], hits["p99_us"], hits["serving_us"]])
            known = count
    return rows


def background(folder, quick):
    """One core for the whole server: cached answers while the engine goes about its work on a large cache."""
    server, client = cores()
    few, many = (1_000, 20_000) if quick else (10_000, 1_000_000)
    seconds = 2 if quick else 10
    rows = []

    def measure(what, count, hot=1_000, settle=2, **age):
        write_policies(folder / "policies.db", hot, a=60, s=3_600)
        write_policies(folder / "policies.db", count - hot, False, f=hot, **age)
        with started(folder, server) as (ours, _, _):
            time.sleep(settle)
            before, refreshed = cpu_seconds(ours.pid), refreshes_so_far()
            time.sleep(2 * seconds)
            idle = (cpu_seconds(ours.pid) - before) / (2 * seconds)
            refreshed = (refreshes_so_far() - refreshed) / (2 * seconds)
            hits = load(ours.tcp, client, ours.pid, d=hot, s=seconds, **HITS)
            rows.append([what, f"{count:,}", f"{refreshed:.1f}", f"{100 * idle:.1f} %", hits["per_second"], hits["p50_us"],
                         hits["p99_us"], hits["p999_us"], hits["p99_us"] / (rows[0][6] if rows else hits["p99_us"])])

    with world(folder, client, addresses=250):
        measure("nothing to do", few, a=60, s=3_600)
        measure("sweeps", many, a=60, s=3_600)
        # What is due, and how many that are in the mean, is known once a sweep has been around.
        around = 2 if quick else 60
        measure("a day's refreshes, spread", many, settle=around, e=True)
        measure("off for a day: all are due", many, settle=around, a=86_400, s=80_000)
        measure("1 % expires each second", many, a=604_800 - 110, s=100, i=True)
    print_table("Cached answers from one core beside work behind",
                ["work", "policies", "refreshes/s", "of the core without load", "hits/s", "p50 us", "p99 us", "p99.9 us",
                 "p99 of the first"], rows)


def connections(folder, quick):
    count = 2_000 if quick else 10_000
    server, client = cores()
    rows = []
    with world(folder), Daemon(folder, server) as ours:
        load(ours.tcp, m="postfix", o=True, d=100, c=16)
        before = resident_kib(ours.pid)
        idle = [socket.create_connection(("127.0.0.1", 8461)) for _ in range(count)]
        beside = load(ours.tcp, client, ours.pid, m="postfix", d=100, c=16, s=1)
        each = f"{(resident_kib(ours.pid) - before) * 1024 / count:.0f}"
        rows.append([f"16 beside {count:,} idle", each, beside["per_second"], beside["p50_us"], beside["p99_us"],
                     beside["cpu_us_per_request"]])
        for connection in idle:
            connection.close()
    for busy in (16, 512, 4096):
        with world(folder), Daemon(folder, server) as ours:
            load(ours.tcp, m="postfix", o=True, d=100, c=16)
            before = resident_kib(ours.pid)
            result = load(ours.tcp, client, ours.pid, m="postfix", d=100, c=busy, s=1 if quick else 3)
            each = f"{(result['resident_kib'] - before) * 1024 / busy:.0f}"
            rows.append([f"{busy:,} busy", each, result["per_second"], result["p50_us"], result["p99_us"],
                         result["cpu_us_per_request"]])
    print_table("Connections", ["connections", "bytes each", "answers/s", "p50 us", "p99 us", "CPU us"], rows)
