"""How two processes meet on the loopback device: whoever connects has to show a token first."""

import contextlib
import hmac
import secrets
import socket
import time

from coursegrade import wire

STARTING = 180.0  # seconds that a process may take to import TensorFlow on a busy machine
SHOWING = 5.0  # seconds that whoever connects may take to show the token

Address = list[int | str]  # port and token


class Door:
    """A place on the loopback device where one process is let in: the one that knows the token."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._token = secrets.token_hex(16)

    @property
    def address(self) -> Address:
        """What the other process has to know."""
        return [self._listener.getsockname()[1], self._token]

    def let_in(self, seconds: float) -> socket.socket:
        """The channel to the process. Raises TimeoutError if it does not come in time. The door is closed then."""
        deadline = time.monotonic() + seconds
        with self._listener:
            while True:
                self._listener.settimeout(max(0.001, deadline - time.monotonic()))
                channel, _ = self._listener.accept()
                channel.setblocking(False)  # who does not read must not hold up who writes
                with contextlib.suppress(OSError, EOFError):
                    shown = wire.exactly(channel, len(self._token), time.monotonic() + SHOWING)
                    if hmac.compare_digest(shown, self._token.encode()):
                        return channel
                channel.close()


def enter(address: Address) -> socket.socket:
    """The channel to the process that opened the door with this address."""
    port, token = address
    channel = socket.create_connection(("127.0.0.1", int(port)))
    channel.sendall(str(token).encode())
    return channel
