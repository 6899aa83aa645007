"""A shop on every kind of online store, and a client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shop import NAMESPACE, NOON, Shop

from serving import FeatureStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(store_url: str) -> Iterator[Shop]:
    """A shop with a catalog and no rows."""
    stocked = Shop(store_url)
    yield stocked
    stocked.writer.close()


@pytest.fixture
def client(shop: Shop) -> Iterator[FeatureStore]:
    """A client whose instant is noon."""
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, as_of=NOON) as store:
        yield store
