"""The store's rules hold under a server locale that orders strings otherwise than bytes."""

from __future__ import annotations

import random

import redis

from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutRow
from serving.format.keys import KeySpace
from serving.format.rows import HEADER, decode_header, row_encoder
from serving.format.schemas import Schema

SCHEMA = Schema.of([("n", "bigint")])
ROW = KeySpace("shop:test").row("orders", 0, "k")


def test_lua_really_orders_strings_otherwise_there(collating_redis_url):
    """The premise: under this locale Lua's ``<`` on packed times is often wrong."""
    encode = row_encoder(SCHEMA)
    instants = random.Random(7).sample(range(-(2**60), 2**60), 200)
    pairs = list(zip(instants[::2], instants[1::2], strict=True))
    with redis.Redis.from_url(collating_redis_url) as client:
        wrong = 0
        for left, right in pairs:
            packed = [encode(instant, None, [1])[5 : HEADER.size] for instant in (left, right)]
            says_less = client.eval("return ARGV[1] < ARGV[2] and 1 or 0", 0, *packed) == 1
            wrong += says_less != (left < right)
    assert wrong > len(pairs) / 5


def test_newer_wins_all_the_same(collating_redis_url):
    """Rows written in any order leave the one with the greatest (e, c)."""
    encode = row_encoder(SCHEMA)
    rng = random.Random(11)
    writer = open_writer(collating_redis_url, "shop:test")
    with redis.Redis.from_url(collating_redis_url) as client:
        for _ in range(60):
            client.flushall()
            lock = writer.acquire_lock("orders", 0, ttl_ms=60_000)
            near = rng.randrange(-(2**60), 2**60)
            instants = [(near + rng.randrange(-300, 300), rng.randrange(-(2**60), 2**60)) for _ in range(6)]
            for event_us, created_us in instants:
                writer.put_rows(lock, [PutRow(ROW, encode(event_us, created_us, [1]))])
            header = decode_header(client.get(ROW), ROW)
            assert (header.event_us, header.created_us) == max(instants)
    writer.close()
