# SPDX-License-Identifier: MIT
"""The status_world of a build folder: a daemon with a small Internet of its own."""
import contextlib
import socket
import subprocess

from world.process import Failed


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def status_world(binaries):
    """Runs it; gives the address of its status page."""
    port = free_port()
    program = binaries.resolve() / "tests" / "status_world"
    try:
        process = subprocess.Popen([program, str(port)], stdout=subprocess.PIPE, text=True)
    except OSError as error:
        raise Failed(f"{program}: {error}") from error
    with process:
        try:
            if process.stdout.readline().strip() != "ready":
                raise Failed("the world does not come up")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
