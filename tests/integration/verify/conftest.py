"""The zoo, built once a session, and published as of an instant into a store that each test may damage."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "online"))

from zoo import BASE, Zoo, build

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def zoo(tmp_path_factory) -> Zoo:
    """The project; no test changes it."""
    return build(tmp_path_factory.mktemp("verify"))


@pytest.fixture
def published(zoo: Zoo, store_url: str) -> str:
    """The URL of a store of every kind that holds the healthy views as of BASE."""
    assert zoo.sync(BASE, url=store_url).exit_code == 0
    return store_url


@pytest.fixture
def verify(zoo: Zoo, published: str) -> Callable[..., tuple[int, dict]]:
    """A function that runs `verify --json` on one view: exit code, and the object printed."""

    def run(*arguments: str, view: str = "accounts", as_of=BASE):
        result = zoo.run("verify", "--json", "--as-of", as_of.isoformat(), "--select", view, *arguments, url=published)
        return result.exit_code, json.loads(result.stdout)

    return run
