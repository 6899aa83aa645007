"""What a careful programmer would write by hand for one request: the floors that look-ups are held against."""

from __future__ import annotations

import json
import socket
import sqlite3
from typing import TYPE_CHECKING, Any

import hiredis
import msgspec
from stock import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Rows = list[list[Any]]
decode = msgspec.msgpack.Decoder(list).decode
HEADER = 21


def raw_socket(port: int, views: Sequence[str]) -> Callable[[list[int]], Rows]:
    """One MGET on a socket, parsed by hiredis, decoded by msgspec; no error is handled, no header looked at."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    reader, buffer = hiredis.Reader(), bytearray(65536)
    prefixes = [KEYS.row_prefix(view, 0) for view in views]

    def read(users: list[int]) -> Rows:
        keys = [f"{prefix}{user}}}" for prefix in prefixes for user in users]
        connection.sendall(hiredis.pack_command(("MGET", *keys)))
        reply = reader.gets()
        while reply is False:
            reader.feed(buffer, 0, connection.recv_into(buffer))
            reply = reader.gets()
        return [decode(row[HEADER:]) for row in reply]

    return read


def redis_py(client: Any, views: Sequence[str]) -> Callable[[list[int]], Rows]:
    """redis-py's MGET, decoded by msgspec."""
    prefixes = [KEYS.row_prefix(view, 0) for view in views]
    return lambda users: [
        decode(row[HEADER:]) for row in client.mget([f"{prefix}{user}}}" for prefix in prefixes for user in users])
    ]


def async_redis_py(client: Any, view: str) -> Callable[[list[int]], Any]:
    """redis-py's asyncio MGET, not decoded."""
    prefix = KEYS.row_prefix(view, 0)

    async def read(users: list[int]) -> Any:
        return await client.mget([f"{prefix}{user}}}" for user in users])

    return read


def bare_sqlite(path: str, view: str) -> Callable[[list[int]], Rows]:
    """A prepared statement on an open connection, decoded by msgspec; one statement for many."""
    connection = sqlite3.connect(path)
    prefix = KEYS.row_prefix(view, 0)

    def read(users: list[int]) -> Rows:
        keys = [f"{prefix}{user}}}" for user in users]
        if len(keys) == 1:
            rows = connection.execute("select value from entries where key = ?", keys).fetchall()
        else:
            statement = "select value from entries where key in (select value from json_each(?))"
            rows = connection.execute(statement, (json.dumps(keys),)).fetchall()
        return [decode(row[HEADER:]) for (row,) in rows]

    return read
