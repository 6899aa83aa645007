"""Feature views without a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from featurectl.manifest import Relation
from featurectl.registry import Column, FeatureView, Freshness

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def make_view() -> Callable[..., FeatureView]:
    """A function that makes a feature view; what is not said is the least there can be."""

    def make(name: str = "orders", **said: Any) -> FeatureView:
        key, event = Column("customer_id", "bigint"), Column("ordered_at", "timestamp")
        feature = Column("orders_7d", "bigint")
        least: dict[str, Any] = {
            "unique_id": f"model.shop.{name}.{said.get('version', 0)}",
            "name": name,
            "version": 0,
            "is_latest": True,
            "package": "shop",
            "description": "",
            "path": "models/shop.yml",
            "relation": Relation("shop", "main", name),
            "materialized": "table",
            "entity": "customer",
            "columns": (key, event, feature),
            "join_keys": (key,),
            "event_timestamp": event,
            "created_timestamp": None,
            "tombstone": None,
            "features": (feature,),
            "ttl_seconds": None,
            "online": True,
            "defaults": {},
            "freshness": Freshness(),
            "lookback_seconds": 0,
            "loaded_at": None,
            "owner": None,
            "access": "protected",
            "tags": (),
            "deprecation_date": None,
            "compiled_code": None,
            "depends_on": (),
        }
        return FeatureView(**{**least, **said})

    return make
