"""Views of one entity and of two."""

from datetime import timedelta

from entities import buyer, item
from feast import FeatureView, Field
from feast.types import Decimal, Float64, Int64

from . import sources as tables
from .sources import orders

HOUR = timedelta(hours=1)
WANTED = [Field(name="total", dtype=Float64), Field(name="order", dtype=Int64)]

buyer_orders = FeatureView(
    name="buyer_orders",
    entities=[buyer],
    schema=[*WANTED, Field(name="credit", dtype=Decimal)],
    source=orders,
    ttl=HOUR,
    tags={"tier": "gold"},
)
item_views = FeatureView(
    name="item-views",
    entities=[buyer, item],
    schema=[Field(name="times_seen", dtype=Int64), Field(name="total", dtype=Float64)],
    source=tables.views,
    ttl=timedelta(0),
    online=False,
)
