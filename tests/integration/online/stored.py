"""Everything that an online store holds, to see that nothing has changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import redis


def contents(url: str) -> dict[Any, Any]:
    """Key to value of the store at a URL; empty where there is none; locks are left out."""
    if url.startswith("redis://"):
        with redis.Redis.from_url(url) as client:
            return {
                key: client.hgetall(key) if client.type(key) == b"hash" else client.get(key)
                for key in client.scan_iter()
            }
    path = Path(url.removeprefix("sqlite://"))
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as connection:
        found: dict[Any, Any] = dict(connection.execute("select key, value from entries"))
        return found | {(key, field): value for key, field, value in connection.execute("select * from hashes")}
