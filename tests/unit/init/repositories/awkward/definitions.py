"""What Feast can say and SQL models cannot, or only by hand."""

import os
from datetime import timedelta

from feast import Entity, FeatureService, FeatureView, Field, FileSource, KafkaSource, PushSource, RequestSource
from feast.on_demand_feature_view import on_demand_feature_view
from feast.stream_feature_view import stream_feature_view
from feast.types import Array, Bytes, Float64, Int64, Map, String

rider = Entity(name="rider", join_keys=["rider_id"], description="Who rides.")
trips = FileSource(path=os.environ["TRIPS"], timestamp_field="ended_at", date_partition_column="day")
pushed = PushSource(name="pushed", batch_source=trips)
untimed = FileSource(name="untimed", path="data/untimed.parquet")
clicks = KafkaSource(name="clicks", kafka_bootstrap_servers="broker:9092", topic="clicks", timestamp_field="at")
asked = RequestSource(name="asked", schema=[Field(name="distance", dtype=Float64)])

rider_trips = FeatureView(
    name="rider_trips",
    entities=[rider],
    schema=[
        Field(name="count", dtype=Int64),
        Field(name="extras", dtype=Map),
        Field(name="names", dtype=Array(String)),
    ],
    source=pushed,
    ttl=timedelta(days=float(os.environ.get("DAYS", "7"))),
    offline=True,
)
everyone = FeatureView(name="everyone", entities=[], schema=[Field(name="mean", dtype=Float64)], source=trips)
timeless = FeatureView(name="timeless", entities=[rider], schema=[Field(name="x", dtype=Int64)], source=untimed)
rider_clicks = FeatureView(name="rider_clicks", entities=[rider], schema=[Field(name="n", dtype=Int64)], source=clicks)


@on_demand_feature_view(sources=[rider_trips, asked], schema=[Field(name="fare", dtype=Float64)])
def fare(inputs):
    return inputs


@stream_feature_view(entities=[rider], mode="spark", source=clicks, schema=[Field(name="n", dtype=Int64)])
def click_stream(frame):
    return frame


def make_view(name):
    return FeatureView(name=name, entities=[rider], schema=[Field(name="blob", dtype=Bytes)], source=trips)


made = make_view("made")
looped = [FeatureView(name=f"week_{n}", entities=[rider], source=trips) for n in (1, 2)]
pricing = FeatureService(name="pricing", features=[rider_trips, fare, made])
streams = FeatureService(name="streams", features=[click_stream])
