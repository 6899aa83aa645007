"""One file: a Parquet file, an entity, a view, a service."""

from datetime import timedelta

from feast import Entity, FeatureService, FeatureView, Field, FileSource
from feast.types import Array, Bool, Float32, Float64, Int32, Int64, String, UnixTimestamp

courier = Entity(name="courier", join_keys=["courier_id"])

shifts = FileSource(
    name="courier_shifts",
    path="data/shifts.parquet",
    timestamp_field="finished_at",
    created_timestamp_column="loaded_at",
)

courier_load = FeatureView(
    name="courier_load",
    entities=[courier],
    ttl=timedelta(days=14),
    schema=[
        Field(name="parcels", dtype=Int64, description="Parcels of the shift."),
        Field(name="rating", dtype=Float32),
        Field(name="kilometres", dtype=Float64),
        Field(name="zone", dtype=String),
        Field(name="on_bike", dtype=Bool),
        Field(name="level", dtype=Int32),
        Field(name="last_break", dtype=UnixTimestamp),
        Field(name="stops", dtype=Array(Int64)),
    ],
    source=shifts,
    owner="logistics@example.com",
    tags={"team": "logistics"},
    description="What a courier did in a shift.",
)

lateness = FeatureService(
    name="lateness",
    features=[courier_load[["parcels", "rating", "zone"]]],
    description="Will the parcel be late?",
    owner="science@example.com",
)
