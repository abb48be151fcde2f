# SPDX-License-Identifier: MIT
"""A socketmap client, as small as the protocol."""
import socket


def ask(key, port=8461, map_name="postfix", seconds=40.0):
    """The reply to one question, as text."""
    request = f"{map_name} {key}".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(b"%d:%s," % (len(request), request))
        received = b""
        while b":" not in received:
            received += _more(connection)
        length, _, rest = received.partition(b":")
        while len(rest) < int(length) + 1:
            rest += _more(connection)
    return rest[:int(length)].decode()


def _more(connection):
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection without an answer")
    return data
