# SPDX-License-Identifier: MIT
"""packaging/rpm: built with Debian's rpmbuild, installed into a copy of this system, and removed again."""
import os
import re
import shutil
import subprocess

from .common import TOP, VERSION, case, documents, expect, expect_equal, fine

BUILT = TOP / "build/rpm"     # the same in each run, so that ccache knows it again
SPEC = TOP / "packaging/rpm/mta-stsd.spec"

#: Every file but documents, with mode, owner and group, and what rpm is told of it (c: settings, n: never replaced).
FILES = """\
/etc/mta-stsd 0755 root root
/etc/mta-stsd/mta-stsd.yml 0640 root mta-stsd cn
/etc/mta-stsd/overrides.yml 0644 root root cn
/usr/lib/systemd/system/mta-stsd.service 0644 root root
/usr/lib/systemd/system/mta-stsd.socket 0644 root root
/usr/lib/sysusers.d/mta-stsd.conf 0644 root root
/usr/lib/tmpfiles.d/mta-stsd.conf 0644 root root
/usr/sbin/mta-stsctl 0755 root root
/usr/sbin/mta-stsd 0755 root root
/usr/share/bash-completion/completions/mta-stsctl 0644 root root
/usr/share/man/man5/mta-stsd.yml.5 0644 root root d
/usr/share/man/man8/mta-stsctl.8 0644 root root d
/usr/share/man/man8/mta-stsd.8 0644 root root d
/usr/share/mta-stsd 0755 root root
/usr/share/mta-stsd/monitoring 0755 root root
/usr/share/mta-stsd/monitoring/alerts.yml 0644 root root
/usr/share/mta-stsd/monitoring/dashboard.json 0644 root root
/usr/share/zsh/site-functions/_mta-stsctl 0644 root root
/var/lib/mta-stsd 0750 mta-stsd mta-stsd
"""
#: Where distributions put documents differs, and whether they compress manual pages.
ELSEWHERE = re.compile(r"/usr/lib/\.build-id|/usr/share/licenses|/usr/share/doc/")

LIFE = """
set -eu
mount -t tmpfs tmpfs "$home"
mkdir "$home/upper" "$home/work" "$home/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$home/upper,workdir=$home/work" "$home/root"
mount --rbind /dev "$home/root/dev"
mount --rbind /proc "$home/root/proc"
cp "$rpm" "$home/root/tmp/mta-stsd.rpm"
chroot "$home/root" sh -eu -c '
    rpm --force-debian --nodeps -i /tmp/mta-stsd.rpm
    echo installed $(stat -c "%a %U %G" /etc/mta-stsd/mta-stsd.yml /var/lib/mta-stsd)
    getent passwd mta-stsd | cut -d: -f1,5-
    setpriv --reuid mta-stsd --regid mta-stsd --clear-groups mta-stsd --check-config
    touch /var/lib/mta-stsd/policies.db
    echo "# changed" >>/etc/mta-stsd/mta-stsd.yml
    rpm --force-debian --nodeps -U --force /tmp/mta-stsd.rpm
    echo again $(tail -n 1 /etc/mta-stsd/mta-stsd.yml)
    rpm --force-debian -e mta-stsd 2>/dev/null
    echo removed $(ls /etc/mta-stsd /var/lib/mta-stsd) $(ls /usr/sbin/mta-stsd 2>/dev/null)
'
"""


@case("rpmbuild takes packaging/rpm/mta-stsd.spec; its files, their modes and owners")
def rpm(_package, _home):
    shutil.rmtree(BUILT, ignore_errors=True)
    (BUILT / "SOURCES").mkdir(parents=True)
    fine("git", "archive", f"--prefix=mta-stsd-{VERSION}/", "-o", BUILT / "SOURCES" / f"mta-stsd-{VERSION}.tar.gz", "HEAD",
         cwd=TOP)
    done = subprocess.run(["nice", "rpmbuild", "-ba", "--nodeps", "--define", f"_topdir {BUILT}",
                           "--define", f"_smp_mflags -j{os.cpu_count() or 1}", SPEC], capture_output=True, text=True)
    expect(done.returncode == 0, f"rpmbuild: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    expect(len(list(BUILT.glob("SRPMS/*.src.rpm"))) == 1, "no source package")
    listing = fine("rpm", "-qp", "--nosignature", "--qf", "[%{FILENAMES} 0%{FILEMODES:octal} %{FILEUSERNAME} "
                   "%{FILEGROUPNAME} %{FILEFLAGS:fflags}\\n]", built())
    found = [re.sub(r" 0\d*(\d{3}) ", r" 0\1 ", line).replace(".gz ", " ").strip()
             for line in listing.splitlines() if not ELSEWHERE.match(line)]
    names = {line.split()[0] for line in listing.splitlines()}
    wanted = ["/LICENSE", *(f"/mta-stsd/{name}" for name in documents())]
    missing = [name for name in wanted if not any(path.endswith(name) for path in names)]
    expect_equal(missing, [], "documents that are missing")
    wanted = FILES.splitlines()
    expect_equal((sorted(set(found) - set(wanted)), sorted(set(wanted) - set(found))), ([], []), "too many, and missing")


def built():
    found = [path for path in BUILT.glob("RPMS/*/mta-stsd-*.rpm") if "debug" not in path.name]
    expect(len(found) == 1, f"packages: {found}")
    return found[0]


@case("the RPM package makes its user; settings and policies outlive its removal")
def life(_package, home):
    (home / "rpm-life").mkdir()
    out = fine("unshare", "--mount", "--propagation", "private", "env", f"home={home}/rpm-life", f"rpm={built()}",
               "sh", "-c", LIFE)
    expect_equal(out.splitlines(), [
        "installed 640 root mta-stsd 750 mta-stsd mta-stsd",
        "mta-stsd:MTA-STS policies for Postfix:/nonexistent:/usr/sbin/nologin",
        "/etc/mta-stsd/mta-stsd.yml: no errors",
        "again # changed",
        "removed /etc/mta-stsd: mta-stsd.yml.rpmsave /var/lib/mta-stsd: policies.db",
    ], "what became of it")
