# SPDX-License-Identifier: MIT
"""What is in the package, and what its maintainer scripts do."""
import re

from .common import DOCUMENTS, TOP, VERSION, case, documents, expect, expect_equal, fine, run

#: Every file, with its mode. Units are in /lib before Debian 13, in /usr/lib from then on.
FILES = {
    "etc/apparmor.d/usr.sbin.mta-stsd": 0o644,
    "etc/mta-stsd/mta-stsd.yml": 0o640,
    "etc/mta-stsd/overrides.yml": 0o644,
    "usr/sbin/mta-stsd": 0o755,
    "usr/sbin/mta-stsctl": 0o755,
    "lib/systemd/system/mta-stsd.service": 0o644,
    "lib/systemd/system/mta-stsd.socket": 0o644,
    "usr/lib/sysusers.d/mta-stsd.conf": 0o644,
    "usr/lib/tmpfiles.d/mta-stsd.conf": 0o644,
    "usr/share/man/man5/mta-stsd.yml.5.gz": 0o644,
    "usr/share/man/man8/mta-stsd.8.gz": 0o644,
    "usr/share/man/man8/mta-stsctl.8.gz": 0o644,
    "usr/share/doc/mta-stsd/changelog.gz": 0o644,
    "usr/share/doc/mta-stsd/changelog.Debian.gz": 0o644,
    "usr/share/doc/mta-stsd/copyright": 0o644,
    "usr/share/doc/mta-stsd/examples/mta-stsd.yml": 0o644,
    "usr/share/doc/mta-stsd/examples/overrides.yml": 0o644,
    "usr/share/mta-stsd/monitoring/alerts.yml": 0o644,
    "usr/share/mta-stsd/monitoring/dashboard.json": 0o644,
    "usr/share/bash-completion/completions/mta-stsctl": 0o644,
    "usr/share/zsh/vendor-completions/_mta-stsctl": 0o644,
    "usr/share/lintian/overrides/mta-stsd": 0o644,
    **{f"{DOCUMENTS}/{name}": 0o644 for name in documents()},
}


@case("its files and their modes, all owned by root")
def files(package, _):
    found = {(name, oct(member.mode)) for name, member in package.members.items()}
    wanted = {(name, oct(mode)) for name, mode in FILES.items()}
    expect_equal((sorted(found - wanted), sorted(wanted - found)), ([], []), "files too many, and missing")
    expect_equal({(member.uid, member.gid) for member in package.members.values()}, {(0, 0)}, "owners")


@case("each link of the installed documentation leads to an installed file")
def links(package, _):
    pages = sorted((package.root / DOCUMENTS).rglob("*.md"))
    targets = [(page, target) for page in pages for target in re.findall(r"\]\(([^)\s#]+)", page.read_text())
               if ":" not in target]
    lost = [f"{page.relative_to(package.root / DOCUMENTS)}: {target}" for page, target in targets
            if not (page.parent / target).exists()]
    expect_equal((len(targets) > 20, lost), (True, []), "links enough, and those that lead nowhere")


@case("conffiles: the settings, the overrides and the AppArmor profile")
def conffiles(package, _):
    expect_equal(sorted(package.script("conffiles").split()),
                 [f"/etc/{name}" for name in ("apparmor.d/usr.sbin.mta-stsd", "mta-stsd/mta-stsd.yml",
                                               "mta-stsd/overrides.yml")], "conffiles")


@case("version, dependencies")
def fields(package, _):
    expect(package.field("Version").startswith(f"{VERSION}-1+deb"), "version " + package.field("Version"))
    depends = re.split(r",\s*", package.field("Depends"))
    for name in ("ca-certificates", "libc6", "libssl3", "systemd"):
        expect(any(entry.startswith(name) for entry in depends), f"{name} is not in Depends: {depends}")
    expect("postfix" in package.field("Recommends"), "Recommends: " + package.field("Recommends"))


@case("what it builds from is what tools/packages says")
def build_depends(_package, _):
    control = (TOP / "packaging/debian/control").read_text()
    named = set(re.findall(r"^ ([a-z0-9.+-]+)", re.search(r"^Build-Depends:.*?\n\n", control, re.M | re.S).group(), re.M))
    listed = {section: set(fine(TOP / "tools/install-packages", "--list", section).split())
              for section in ("build", "package")}
    wanted = listed["build"] - {"g++"}   # build-essential
    wanted |= {name for name in listed["package"] if name.startswith("dh-")}
    expect_equal(named, wanted, "Build-Depends beside debhelper")


@case("policies go on purge, and only then; the user stays")
def purge(package, _):
    script = package.script("postrm")
    found = re.findall(r'if ((?:\[ "\$1" = \w+ \](?: \|\| )?)+); then\n\s*rm -rf (/(?:var|run)\S+)', script)
    expect_equal([(re.findall(r"= (\w+)", when), folder) for when, folder in found],
                 [(["remove", "purge"], "/run/mta-stsd"), (["purge"], "/var/lib/mta-stsd")], "what postrm removes")
    expect("userdel" not in script and "deluser" not in script, "postrm removes the user")


@case("the service is started and enabled; the socket is left as the operator has it")
def start(package, _):
    scripts = package.script("postinst") + package.script("preinst")
    calls = [(verb, unit) for verb, unit in re.findall(r"deb-systemd-(?:invoke|helper) (\S+) 'mta-stsd\.(\w+)'", scripts)
             if verb not in ("unmask", "update-state", "debian-installed")]
    expect_equal(calls, [("enable", "service"), ("$_dh_action", "service"), ("enable", "socket")], "what is done to units")
    expect("if deb-systemd-helper debian-installed 'mta-stsd.socket'; then" in scripts,
           "the socket is enabled where nobody has enabled it")


#: What lintian 2.116 says for information, of machine code that has letters in it, and of a Debian without systemd.
INFORMATION = {"spelling-error-in-binary", "package-supports-alternative-init-but-no-init.d-script"}


@case("lintian has nothing to say")
def lintian(package, _):
    status, out, err = run("lintian", "--no-cfg", "--allow-root", "--display-info", package.changes())
    said = [line for line in out.splitlines() if not (line.startswith("I:") and line.split()[2] in INFORMATION)]
    expect_equal((status, said), (0, []), f"lintian: {err}")


@case("manual pages are rendered without a warning")
def manuals(package, _):
    for page in sorted(package.root.glob("usr/share/man/man*/*.gz")):
        status, out, err = run("man", "--warnings", "-l", page)
        expect_equal((status, err), (0, ""), page.name)
        expect(len(out) > 1000, f"{page.name} is nearly empty")


@case("the programs are position independent, with all relocations read-only")
def hardening(package, _):
    for name in ("mta-stsd", "mta-stsctl"):
        headers = fine("readelf", "-hdl", package.root / "usr/sbin" / name)
        for part in ("DYN (Position-Independent Executable file)", "GNU_RELRO", "BIND_NOW"):
            expect(part in headers, f"{name}: no {part}")
        expect(re.search(r"GNU_STACK.*\n.*RW ", headers), f"{name}: executable stack")
