# SPDX-License-Identifier: MIT
"""Starting servers, waiting for things, and saying what is wrong."""
import socket
import subprocess
import time


class Failed(Exception):
    """What a case expected and did not see."""


def expect(holds, what):
    if not holds:
        raise Failed(what)


def expect_equal(actual, expected, what):
    if actual != expected:
        raise Failed(f"{what}: expected {expected!r}, got {actual!r}")


def until(look, what, seconds=10.0):
    """Looks until the answer is true and returns it; Failed after `seconds`."""
    end = time.monotonic() + seconds
    pause = 0.01
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"not within {seconds:g} s: {what() if callable(what) else what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def accepts(address, port):
    """Whether a connection to the address is accepted."""
    try:
        socket.create_connection((address, port), timeout=1).close()
        return True
    except OSError:
        return False


def start(name, command, log, environment=None):
    """Starts a server in the background, its output in the file `log`."""
    with log.open("ab") as out:
        try:
            return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                    env=environment)
        except OSError as error:
            raise Failed(f"{name} cannot be started: {error}") from error


def wait_for_port(process, name, address, port, log, seconds=20.0):
    """Waits until the server listens; Failed with the end of its log if it does not."""
    end = time.monotonic() + seconds
    while not accepts(address, port):
        if process.poll() is not None or time.monotonic() > end:
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise Failed(f"{name} does not listen on {address}:{port}: {tail}")
        time.sleep(0.02)
