# SPDX-License-Identifier: MIT
"""The packaged programs at work."""
import contextlib
import re
import socket
import subprocess
import time

from .common import VERSION, case, expect, expect_equal, fine, run


@case("mta-stsd --version, mta-stsctl --version")
def version(package, _):
    for name in ("mta-stsd", "mta-stsctl"):
        expect_equal(fine(package.root / "usr/sbin" / name, "--version"), f"{name} {VERSION}\n", name)


@case("mta-stsd --check-config takes the packaged settings and overrides")
def check_config(package, home):
    settings = home / "mta-stsd.yml"
    text = (package.root / "etc/mta-stsd/mta-stsd.yml").read_text()
    settings.write_text(text.replace("/etc/mta-stsd/", f"{package.root}/etc/mta-stsd/"))
    fine(package.root / "usr/sbin/mta-stsd", "-c", settings, "--check-config")
    defaults = home / "defaults.yml"
    defaults.write_text("")
    program = package.root / "usr/sbin/mta-stsd"
    printed = [fine(program, "-c", file, "--print-config").replace(f"{package.root}/etc/", "/etc/")
               for file in (settings, defaults)]
    expect_equal(*printed, "what the packaged settings change")


@case("the sample of overrides is one, without its comment signs")
def sample_overrides(package, home):
    program, settings, overrides = package.root / "usr/sbin/mta-stsd", home / "overriding.yml", home / "overrides.yml"
    settings.write_text(f"overrides: {overrides}\n")
    text = (package.root / "etc/mta-stsd/overrides.yml").read_text()
    sample = re.sub(r"^#", "", text[text.index("#- domain"):], flags=re.M)
    overrides.write_text(sample)
    fine(program, "-c", settings, "--check-config")
    overrides.write_text(sample.replace("action: ignore", "action: ignorant"))
    status, out, err = run(program, "-c", settings, "--check-config")
    expect(status == 1 and "overrides.yml:2: " in err, f"a wrong action: status {status}: {out}{err}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def activated(package, home):
    """The packaged daemon behind systemd-socket-activate, on a TCP port and a unix socket: its settings, and the port."""
    port = free_port()
    settings = home / "activated.yml"
    settings.write_text(f"server:\n  listen:\n    - inet:127.0.0.1:{port}\n    - unix:{home}/socketmap\n"
                        f"cache:\n  file: {home}/policies.db\ncontrol:\n  socket: {home}/control.sock\n"
                        "dns:\n  servers:\n    - 127.0.0.1:9\noverrides: \"\"\n")
    with open(home / "activated.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(["systemd-socket-activate", "-l", f"127.0.0.1:{port}", "-l", f"{home}/socketmap",
                                    f"{package.root}/usr/sbin/mta-stsd", "-c", str(settings)], stdout=log, stderr=log)
    try:
        give_up = time.monotonic() + 10
        while not (home / "socketmap").exists():
            expect(process.poll() is None and time.monotonic() < give_up, "systemd-socket-activate does not listen")
            time.sleep(0.05)
        yield settings, port
    finally:
        process.terminate()
        process.wait(timeout=30)


@case("socket activation: the daemon answers on the sockets it was given")
def activation(package, home):
    tool = package.root / "usr/sbin/mta-stsctl"
    with activated(package, home) as (settings, port):
        expect_equal(fine(tool, "-c", settings, "query", "[192.0.2.1]"), "NOTFOUND \n", "over TCP")
        other = home / "unix.yml"
        other.write_text(f"server:\n  listen:\n    - unix:{home}/socketmap\n")
        expect_equal(fine(tool, "-c", other, "query", ".example.com"), "NOTFOUND \n", "over the unix socket")
        listeners = fine(tool, "-c", settings, "status")
        for address in (f"inet:127.0.0.1:{port}", f"unix:{home}/socketmap"):
            expect_equal(listeners.count(address), 1, f"{address} in status")
    expect("stopped" in (home / "activated.log").read_text(), "the daemon did not end in order")
