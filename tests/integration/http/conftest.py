"""HTTP servers in front of the shop, and callers of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "serving"))

from calls import Caller, listening, running
from shop import NAMESPACE, NOON, Shop

from serving.http import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

collect_ignore = [] if os.environ.get("FEATURECTL_FEAST_PYTHON") else ["test_http_feast_client.py"]


@pytest.fixture
def shop(store_url: str) -> Iterator[Shop]:
    """A shop on every kind of store, with a catalog and no rows."""
    stocked = Shop(store_url)
    yield stocked
    stocked.writer.close()


@pytest.fixture
def embedded_shop(sqlite_url: str) -> Iterator[Shop]:
    """A shop on the embedded store alone."""
    stocked = Shop(sqlite_url)
    yield stocked
    stocked.writer.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Caller]]:
    """A function that serves a shop's URL on the loopback, in a thread, at noon, and gives a caller of it."""
    open_servers: list[Any] = []

    def start(url: str, **settings: Any) -> Caller:
        options: dict[str, Any] = {"as_of": NOON, "access_log": False, **settings}
        listener = listening()
        server = running(Settings(url, NAMESPACE, **options), listener)
        server.__enter__()
        caller = Caller(listener.getsockname()[1])
        open_servers.append((caller, server))
        return caller

    yield start
    for caller, server in open_servers:
        caller.close()
        server.__exit__(None, None, None)


@pytest.fixture
def caller(shop: Shop, serve: Callable[..., Caller]) -> Caller:
    """A caller of a server with usual settings."""
    return serve(shop.url)
