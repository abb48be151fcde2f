# SPDX-License-Identifier: MIT
"""Debian's programs for the tests, unpacked below build/ and never installed.

What is missing on this machine for the packages of a section of tools/packages, by default [e2e-unpacked],
dependencies included, is downloaded by apt and unpacked once. The unpacked tree is kept as long as
apt names the same packages and versions.
"""
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from .process import Failed

TOP = pathlib.Path(__file__).resolve().parents[3]
HOME = TOP / "build" / "e2e"


class CannotUnpack(Failed):
    """The message says which step failed."""


def listed(section):
    """The packages that a section of tools/packages names."""
    listing = subprocess.run([TOP / "tools" / "install-packages", "--list", section],
                             check=True, capture_output=True, text=True)
    return listing.stdout.split()


def _missing(packages):
    """The .deb files that apt would fetch: (file name, "package=version") each."""
    run = subprocess.run(["apt-get", "install", "--print-uris", "-y", "-qq", "--no-install-recommends",
                          "-o", "Dir::Cache::archives=/nonexistent/", *packages],
                         capture_output=True, text=True)
    if run.returncode != 0:
        raise CannotUnpack("apt-get does not know " + " ".join(packages) + ": " + run.stderr.strip())
    found = []
    for line in run.stdout.splitlines():
        if line.startswith("'"):
            name = line.split("'")[2].split()[0]
            package, version, _ = name.split("_", 2)
            found.append((name, package + "=" + version.replace("%3a", ":")))
    return sorted(found)


def claim(home=HOME):
    """Waits until no other run uses the folder, and keeps it until this process ends."""
    home.mkdir(parents=True, exist_ok=True)
    lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"waiting for another run to be done with {home}", file=sys.stderr, flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def extract(debs, root):
    """Unpacks packages into a folder that is not there yet."""
    # The links of a merged /usr first, so that everything lands in usr.
    for folder in ("bin", "lib", "lib64", "sbin"):
        (root / "usr" / folder).mkdir(parents=True)
        (root / folder).symlink_to("usr/" + folder)
    for deb in debs:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as tar:
            subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", root], stdin=tar.stdout, check=True)
        if tar.returncode != 0:
            raise CannotUnpack("damaged package " + deb.name)


def unpacked(section="e2e-unpacked", home=HOME):
    """Returns the folder of the unpacked packages, filling it first where it is out of date."""
    claim(home)
    try:
        files = _missing(listed(section))
    except CannotUnpack:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        files = _missing(listed(section))
    key = hashlib.sha256("\n".join(name for name, _ in files).encode()).hexdigest()
    root, mark = home / "root", home / "root.key"
    if root.is_dir() and mark.is_file() and mark.read_text() == key:
        return root
    mark.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    debs = home / "debs"
    debs.mkdir(exist_ok=True)
    wanted = [package for name, package in files if not (debs / name).is_file()]
    if wanted:  # what other packages were missing before may be here already, and apt-get fails on nothing
        fetch = subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *wanted],
                               cwd=debs, capture_output=True, text=True)
        if fetch.returncode != 0:
            raise CannotUnpack("apt-get download: " + fetch.stderr.strip())
    extract([debs / name for name, _ in files], root)
    mark.write_text(key)
    return root


def program(root, path):
    """A program of an unpacked package, "usr/bin/x"; this machine's where that has it and nothing was unpacked."""
    found = root / path
    return found if found.exists() else pathlib.Path("/") / path
