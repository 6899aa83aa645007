"""Tables and queries of a database."""

from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource as Postgres

COMMON = {"timestamp_field": "ts"}

orders = Postgres(name="orders", table="sales.order_totals", created_timestamp_column="loaded_at", **COMMON)
views = Postgres(
    name="item views",
    query="select buyer, item, seen_at as ts, count(*) as n from web.views group by 1, 2, 3;",
    field_mapping={"buyer": "buyer_id", "n": "times_seen"},
    **COMMON,
)
