# SPDX-License-Identifier: MIT
"""Debian's Postfix: its smtp(8) sees nothing but the queue directory."""
from world.case import case
from world.mail import delivered, refused
from world.process import expect, expect_equal


def published(world, label, **mail_host):
    domain = world.domain(label)
    domain.mx(**mail_host)
    return domain.publish("enforce")


@case("a chrooted smtp(8) asks over TCP: enforced")
def tcp(world):
    delivered(world, published(world, "chroot-tcp"), agent="chroot-tcp")
    expect(world.sender.confined(), "no smtp(8) is chrooted")
    refused(world, published(world, "chroot-tcp-bad", certificate="self-signed"), agent="chroot-tcp")


@case("a chrooted smtp(8) asks over a unix socket in the queue directory, as group postfix: enforced")
def unix(world):
    folder = world.sender.queue / "mta-stsd"
    folder.mkdir()
    daemon = world.own_daemon(unix=folder / "socketmap", group="postfix")
    found = (folder / "socketmap").stat()
    expect_equal((oct(found.st_mode & 0o777), (folder / "socketmap").group()), ("0o660", "postfix"), "the socket")
    good = published(world, "chroot-unix")
    delivered(world, good, agent="chroot-unix")
    expect(good.name in daemon.ctl("cache", "list")[1], "the daemon behind the unix socket was not asked")
    refused(world, published(world, "chroot-unix-bad", certificate="self-signed"), agent="chroot-unix")
