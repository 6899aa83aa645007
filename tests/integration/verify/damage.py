"""Raw access to what a store holds, to break it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import redis


def get(url: str, key: str) -> bytes | None:
    """The bytes under a key."""
    if url.startswith("redis://"):
        with redis.Redis.from_url(url) as client:
            return client.get(key)
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection:
        found = connection.execute("select value from entries where key = ?", (key,)).fetchone()
        return found and found[0]


def put(url: str, key: str, value: bytes | None) -> None:
    """Replace or (None) delete what is under a key."""
    if url.startswith("redis://"):
        with redis.Redis.from_url(url) as client:
            if value is None:
                assert client.delete(key) == 1
            else:
                client.set(key, value)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as connection, connection:
        connection.execute("delete from entries where key = ?", (key,))
        if value is not None:
            connection.execute("insert into entries (key, value) values (?, ?)", (key, value))
