"""Services over both views."""

from feast import FeatureService
from features.views import buyer_orders, item_views

ranking = FeatureService(name="ranking", features=[buyer_orders, item_views], tags={"stage": "live"})
gift = FeatureService(
    name="gift",
    features=[buyer_orders[["order"]].with_name("giver").with_join_key_map({"buyer_id": "giver_id"})],
)
