# SPDX-License-Identifier: MIT
"""A root below build/e2e with Debian 13's packages of the section [e2e-debian-13] in tools/packages.

Apt fetches them, and all that they depend on, from the archives that this machine uses, with lists of its own:
nothing of this machine's apt is changed. Made once; goes with build/e2e.
"""
import re
import shutil
import subprocess

from . import namespace
from .unpack import HOME, CannotUnpack, extract, listed

RELEASE = "trixie"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
OLDEST_POSTFIX = (3, 10, 5)


def _archives():
    """This machine's Debian archives as lines of a sources.list, told for the other release."""
    fields = "$(ORIGIN)|$(COMPONENT)|$(CODENAME)|$(REPO_URI)|$(RELEASE)"
    run = subprocess.run(["apt-get", "indextargets", "--format", fields, "Created-By: Packages"],
                         capture_output=True, text=True)
    found = set()
    for line in run.stdout.splitlines():
        origin, component, codename, uri, suite = line.split("|")
        this, _, branch = codename.partition("-")
        if origin == "Debian" and component == "main" and branch in ("", "updates", "security"):
            found.add(f"deb [signed-by={KEYRING}] {uri} {suite.replace(this, RELEASE, 1)} main\n")
    if not found:
        raise CannotUnpack("apt has no Debian archive among its sources")
    return "".join(sorted(found))


def _apt(home, *arguments):
    options = {"Dir::State::lists": home / "lists", "Dir::State::status": home / "status", "Dir::Cache": home / "cache",
               "Dir::Etc::sourcelist": home / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
               "Dir::Etc::preferencesparts": "/dev/null", "APT::Sandbox::User": "root", "Acquire::Languages": "none",
               "APT::Update::Error-Mode": "any", "Acquire::Retries": "2"}
    settings = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    run = subprocess.run(["apt-get", "-qq", *settings, *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        raise CannotUnpack(f"Debian 13's {' '.join(listed('e2e-debian-13'))}: apt-get {arguments[0]}: "
                           + (run.stderr or run.stdout).strip())


def _check_version(debs):
    for deb in debs:
        found = re.match(r"postfix_(\d+)\.(\d+)\.(\d+)", deb.name)
        if found and tuple(map(int, found.groups())) < OLDEST_POSTFIX:
            raise CannotUnpack(f"{deb.name} is too old: it does not enforce patterns")


def _add_system_files(root):
    etc = root / "etc"
    (etc / "passwd").write_text("root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n")
    (etc / "group").write_text("root:x:0:\nnogroup:x:65534:\n")
    namespace.add_users(etc)
    (etc / "resolv.conf").write_text(namespace.RESOLV_CONF)
    for folder in ("dev", "proc"):
        (root / folder).mkdir(exist_ok=True)


def unpacked():
    """Returns the root, made first where it is missing. After unpack.unpacked(), which has claimed build/e2e."""
    home = HOME / "debian-13"
    root, mark = home / "root", home / "made"
    sources = _archives()
    if root.is_dir() and mark.is_file() and mark.read_text() == sources:
        return root
    shutil.rmtree(home, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial"):
        (home / folder).mkdir(parents=True)
    (home / "sources.list").write_text(sources)
    (home / "status").touch()   # nothing is installed there: apt is to fetch every dependency
    _apt(home, "update")
    _apt(home, "install", "-y", "--no-install-recommends", "--download-only", *listed("e2e-debian-13"))
    debs = sorted((home / "cache" / "archives").glob("*.deb"))
    _check_version(debs)
    extract(debs, root)
    _add_system_files(root)
    for folder in ("cache", "lists"):
        shutil.rmtree(home / folder)
    mark.write_text(sources)
    return root
