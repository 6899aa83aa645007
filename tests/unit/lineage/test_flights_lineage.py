"""The lineage of the running example, as a person reads it from the models."""

from __future__ import annotations

import pytest

from featurectl.lineage.columns import ColumnRef
from featurectl.lineage.nodes import read_node
from featurectl.lineage.sources import sources_in
from featurectl.lineage.trace import trace

FLIGHTS, WEATHER, PLANES = (f"nycflights13.{table}" for table in ("flights", "weather", "planes"))
READ = {
    "plane_delays:arr_delay_last_minutes": {f"{FLIGHTS}.arr_delay"},
    "plane_delays:late_share_7d": {f"{FLIGHTS}.arr_delay"},  # is_late is arr_delay_minutes >= 15
    "plane_delays:air_time_sum_7d_minutes": {f"{FLIGHTS}.air_time"},
    "plane_delays:flights_count_7d": {f"rows of {FLIGHTS}"},
    "plane_attributes:manufactured_year": {f"{PLANES}.year"},
    "airport_weather:wind_gust_mph": {f"{WEATHER}.wind_gust"},
    "airport_congestion:delay_avg_3h_minutes": {
        f"{FLIGHTS}.arr_delay",
        f"{FLIGHTS}.dep_delay",
    },  # a union: both ends of a flight
}


@pytest.mark.parametrize("reference", READ)
def test_sources_are_as_a_person_reads_them(flights_graph, reference):
    name, _, feature = reference.partition(":")
    view = next(view for view in flights_graph.registry.views if view.name == name)
    found = sources_in(flights_graph, [ColumnRef(view.unique_id, feature)])
    assert {str(source) for source in found} == READ[reference]


def test_the_whole_way_from_the_service_to_the_csv(flights_graph):
    asked = ColumnRef("exposure.featurectl.late_arrival_model", "plane_late_share_7d")
    answer = trace(flights_graph, [asked], "upstream")
    assert [(ref.node.split(".", 2)[2], ref.column) for ref in answer.steps] == [
        ("late_arrival_model", "plane_late_share_7d"),
        ("late_arrival_training", "plane_late_share_7d"),
        ("plane_delays", "late_share_7d"),
        ("stg_flights", "is_late"),
        ("nycflights13.flights", "arr_delay"),
    ]


def test_every_feature_comes_from_a_source_and_no_sql_is_opaque(flights_graph):
    for view, feature in flights_graph.features:
        found = sources_in(flights_graph, [ColumnRef(view, feature)])
        assert found, f"{view}: {feature}"
        assert {source.unique_id.split(".")[0] for source in found} == {"source"}
        assert [source.opaque for source in found if source.opaque] == []


def test_downstream_is_the_inverse_of_upstream_edge_by_edge(flights_graph, both_ways):
    upstream, downstream = both_ways(flights_graph)
    assert upstream == downstream
    assert len(upstream) > 400


def test_the_sql_of_the_training_set_macro_says_what_the_registry_declares(flights_graph):
    """Each feature comes from its view's column; a default adds the spine's columns that decide whether it is used."""
    (training_set,) = flights_graph.registry.training_sets
    node = flights_graph.manifest.nodes[training_set.unique_id]
    lineage = read_node(node, flights_graph.manifest, flights_graph.seen_as)
    assert lineage.opaque is None
    views = {view.name: view for view in flights_graph.registry.views}
    for feature in training_set.features:
        origin = lineage.relation.find(feature.output_name).values
        spine = {ref for ref in origin if ref.node in training_set.spines}
        assert origin - spine == {ColumnRef(views[feature.view].unique_id, feature.feature)}
        assert not spine or feature.feature in views[feature.view].defaults


def test_impact_of_a_source_column_reaches_features_training_set_and_service(flights_graph):
    asked = ColumnRef("source.featurectl.nycflights13.weather", "wind_gust")
    answer = trace(flights_graph, [asked], "downstream")
    assert [(ref.node.rpartition(".")[2], ref.column) for ref in answer.steps] == [
        ("weather", "wind_gust"),
        ("stg_weather", "wind_gust_mph"),
        ("airport_weather", "wind_gust_mph"),
        ("late_arrival_training", "origin_wind_gust_mph"),
        ("late_arrival_model", "origin_wind_gust_mph"),
    ]


def test_ephemeral_and_python_models_as_dbt_compiles_them(flights_graph):
    """An ephemeral model on an ephemeral one is two nodes; behind a python model all columns may count."""
    answer = trace(flights_graph, [ColumnRef("model.featurectl.very_late", "is_very_late")], "upstream")
    assert [ref.node.rpartition(".")[2] for ref in answer.steps] == [
        "very_late",
        "legs",
        "legs_inner",
        "stg_flights",
        "flights",
    ]
    behind = trace(flights_graph, [ColumnRef("model.featurectl.scored_wide", "score")], "upstream")
    assert behind.opaque == {"model.featurectl.scored": "a python model"}
    assert ColumnRef("source.featurectl.nycflights13.flights", "arr_delay") in behind.steps
