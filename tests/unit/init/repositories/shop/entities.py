"""Entities that the other files import."""

import feast
from feast import ValueType

KEY = "buyer_id"

buyer = feast.Entity(name="buyer", join_keys=[KEY], value_type=ValueType.INT64)
item = feast.Entity(name="item", value_type=ValueType.STRING)
