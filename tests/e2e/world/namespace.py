# SPDX-License-Identifier: MIT
"""Namespaces of our own: network, mounts and processes. Nothing outside them is touched.

Inside, /usr and /etc are overlays that add the unpacked servers, /run is empty, resolv.conf points
at 127.0.0.1, and the addresses of the documentation networks are this machine's.
"""
import ctypes
import os
import pathlib
import signal
import subprocess
import sys

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG = 1

#: Every address in these is local: hosts of the test's Internet need no "ip addr add".
IPV4_NETWORKS = ("203.0.113.0/24", "192.0.2.0/24")
IPV6_NETWORK = "2001:db8::/32"
#: No route leads here: what a host is like that has gone away.
GONE = "198.51.100.1"
GONE_NETWORK = "198.51.100.0/24"

RESOLV_CONF = "nameserver 127.0.0.1\n"

USERS = {"postfix": 64101}
GROUPS = {"postfix": 64101, "postdrop": 64102}


def enter():
    """Goes on in a child with new namespaces, as their first process; all in them ends with it.

    Returns in that child only. The parent passes on signals and the exit status.
    """
    if os.geteuid() != 0:
        sys.exit("e2e: cannot run: root is needed for namespaces")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) != 0:
        sys.exit("e2e: cannot run: no new namespaces: " + os.strerror(ctypes.get_errno()))
    child = os.fork()
    if child:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda got, _: os.kill(child, signal.SIGTERM))
        _, status = os.waitpid(child, 0)
        sys.exit(max(os.waitstatus_to_exitcode(status), 1) if status else 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # A first process of a namespace does not get a signal that it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _run("mount", "--make-rprivate", "/")
    _run("mount", "-t", "proc", "proc", "/proc")


def _run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def overlay(target, lower, upper=None):
    layers = ":".join(str(layer).replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,") for layer in lower)
    options = "lowerdir=" + layers
    if upper:
        for part in ("upper", "work"):
            (upper / part).mkdir(parents=True)
        options += f",upperdir={upper}/upper,workdir={upper}/work"
    _run("mount", "-t", "overlay", "overlay", "-o", options, target)


def _add_missing(path, entries, line):
    have = {entry.split(":")[0] for entry in path.read_text().splitlines()}
    with path.open("a") as out:
        for name, number in entries.items():
            if name not in have:
                out.write(line.format(name=name, number=number))


def add_users(etc):
    """Adds the users and groups that the servers run as to the files passwd and group in `etc`."""
    _add_missing(etc / "passwd", USERS, "{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n")
    _add_missing(etc / "group", GROUPS, "{name}:x:{number}:\n")


def share(root, folder):
    """Makes `folder` visible at the same path to what is started with `chroot root`, and devices and processes too."""
    inside = root / folder.relative_to("/")
    inside.mkdir(parents=True, exist_ok=True)
    _run("mount", "--bind", folder, inside)
    _run("mount", "--rbind", "/dev", root / "dev")
    _run("mount", "-t", "proc", "proc", root / "proc")


def prepare(root):
    """To be called once, after enter(). `root` is unpack.unpacked()."""
    _run("mount", "-t", "tmpfs", "tmpfs", "/run")
    overlay("/usr", [root / "usr", "/usr"])
    overlay("/etc", ["/etc", root / "etc"], pathlib.Path("/run/overlay-etc"))
    etc = pathlib.Path("/etc")
    (etc / "resolv.conf").unlink(missing_ok=True)
    (etc / "resolv.conf").write_text(RESOLV_CONF)
    add_users(etc)
    os.environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    for proxy in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[proxy]
    _run("ip", "link", "set", "lo", "up")
    for network in IPV4_NETWORKS:
        _run("ip", "route", "add", "local", network, "dev", "lo")
    if has_ipv6():
        _run("ip", "-6", "route", "add", "local", IPV6_NETWORK, "dev", "lo")


def has_ipv6():
    return pathlib.Path("/proc/net/if_inet6").exists() and \
        pathlib.Path("/proc/sys/net/ipv6/conf/lo/disable_ipv6").read_text().strip() == "0"
