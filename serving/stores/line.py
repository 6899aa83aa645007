"""One connection to a Redis protocol server, opened by redis-py and spoken on directly."""

from __future__ import annotations

import socket
import struct
import sys
from typing import Any

import hiredis
import redis

# What the first look-up would otherwise import, in the middle of a request: host names are encoded with it.
import encodings.idna  # noqa: F401  isort: skip

_BUFFER_BYTES = 65536
_MICROS = 1_000_000
_NOTHING = object()
_PUSH = getattr(hiredis, "PushNotification", None)  # since hiredis 3.2
# Where the kernel can keep a socket's time limit, and with which layout of a time.
_KERNEL_KEEPS_TIME = sys.platform in ("linux", "darwin")
_TIME = struct.Struct("@ll")


class Line:
    """A connection, for one caller at a time.

    redis-py opens it, and so knows authentication, TLS, Sentinels and the protocol's versions. It is asked on its socket, for the
    way through redis-py costs about as much as the server's answer. The time limit of a plain socket is the kernel's to keep:
    Python's asks the kernel twice for every read and write.

    Args:
        connection: Of redis-py, not yet open.
    """

    __slots__ = ("_buffer", "_connection", "_reader", "_socket")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._buffer = bytearray(_BUFFER_BYTES)

    def open(self) -> None:
        """Connect, anew where it was connected: what may still arrive on the old socket is never read.

        Raises:
            redis.RedisError, OSError: The server cannot be reached, or refuses.
        """
        connection = self._connection
        connection.disconnect()
        connection.connect()
        self._socket = connection._sock  # noqa: SLF001 - redis-py offers no name for it
        self._reader = hiredis.Reader(replyError=connection._parser.parse_error, notEnoughData=_NOTHING)  # noqa: SLF001 - likewise
        seconds = self._socket.gettimeout()
        if (
            _KERNEL_KEEPS_TIME and seconds and type(self._socket) is socket.socket
        ):  # not under TLS, which reads as it likes
            limit = _TIME.pack(int(seconds), max(1, int(seconds * _MICROS) % _MICROS))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
            self._socket.settimeout(None)

    def ask(self, packed: bytes) -> Any:
        """Send one packed command and read its reply.

        Raises:
            redis.RedisError, OSError: The exchange failed, or the server answered with an error; the line must then be closed or opened anew.
        """
        gets, buffer = self._reader.gets, self._buffer
        try:
            self._socket.sendall(packed)
            while (reply := gets()) is _NOTHING or type(reply) is _PUSH:
                if reply is _NOTHING:
                    count = self._socket.recv_into(buffer)
                    if not count:
                        raise redis.ConnectionError("Connection closed by server.")
                    self._reader.feed(buffer, 0, count)  # type: ignore[arg-type] # it takes buffers too
        except BlockingIOError as error:  # as the kernel says that the time is over
            raise redis.TimeoutError("Timeout talking to the server") from error
        if isinstance(reply, Exception):
            raise reply
        return reply

    def close(self) -> None:
        """Close the connection; `open` makes it anew."""
        self._connection.disconnect()
