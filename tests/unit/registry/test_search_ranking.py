"""Claims about searching: the ranking over a small airline's registry, with what each query should find first."""

from __future__ import annotations

import re

import pytest

from featurectl import search as module
from featurectl.registry import Column, Entity, FeatureService, Registry, TrainingSet
from featurectl.search import KINDS, search

VIEWS = {
    "plane_delays": ("plane", "How late an aircraft has been running.", "flight_operations", {
        "arr_delay_avg_7d": "Mean arrival delay over seven days, in minutes.",
        "departures_count_7d": "Departures in the seven days before.",
    }),
    "plane_attributes": ("plane", "What never changes about an aircraft.", "flight_operations", {
        "seats": "Seats on board.", "engine_type": "Turbo-fan, turbo-jet and so on.", "year_built": "",
    }),
    "airport_weather": ("airport", "The weather at an airport, by the hour.", "stations", {
        "wind_speed": "Miles an hour.", "visibility": "How far one can see, in miles.", "precip": "Rain or snow, in inches.",
    }),
    "airport_congestion": ("airport", "How busy the runways were.", "stations", {
        "departures_count_1h": "Departures in the hour before.", "taxi_out_avg_1h": "Minutes between gate and runway.",
    }),
    "routes": ("route", "Delays between two airports.", "network_planning", {"distance_miles": "", "arr_delay_avg_30d": ""}),
}  # fmt: skip

# What a data scientist types, and what should come first.
LABELLED = {
    "plane_delays": "plane_delays",
    "plane delays": "plane_delays",
    "delays of planes": "plane_delays",
    "PLANE DELAY": "plane_delays",
    "plain delays": "plane_delays",
    "aircraft late": "plane_delays",
    "arr_delay_avg_7d": "plane_delays:arr_delay_avg_7d",
    "plane_delays:arr_delay_avg_7d": "plane_delays:arr_delay_avg_7d",
    "average arrival delay 30d": "routes:arr_delay_avg_30d",
    "mean arrival delay": "plane_delays:arr_delay_avg_7d",
    "seats": "plane_attributes:seats",
    "weather": "airport_weather",
    "wether": "airport_weather",
    "rain": "airport_weather:precip",
    "wind airport": "airport_weather:wind_speed",
    "airport": "airport",
    "busy runways": "airport_congestion",
    "congest": "airport_congestion",
    "departures hour": "airport_congestion:departures_count_1h",
    "distance": "routes:distance_miles",
    "how far can one see": "airport_weather:visibility",
    "network planning": "routes",
    "late arrival": "late_arrival_model",
    "late arrival training": "late_arrival_training",
    "schedule team": "late_arrival_model",
    "boarding": "boarding_model",
}


@pytest.fixture(scope="module")
def registry(make_view):
    views = tuple(
        make_view(
            name, entity=entity, description=description, owner=owner, tags=("feature",),
            features=tuple(Column(feature, "double", said) for feature, said in features.items()),
        )
        for name, (entity, description, owner, features) in VIEWS.items()
    )  # fmt: skip
    entities = {}
    for view in views:
        entities.setdefault(view.entity, []).append(view.name)
    training_set = TrainingSet(
        "model.a.late_arrival_training", "late_arrival_training", "a", "Flights and what was known of them.", "a.sql", None,
        "scheduled_departure", True, (), (), (), "flight_operations", "protected", (),
    )  # fmt: skip
    services = (
        FeatureService("exposure.a.b", "boarding_model", "a", "Who is late for boarding.", "a.yml", None, (), None, ()),
        FeatureService(
            "exposure.a.l", "late_arrival_model", "a", "Will it be late?", "a.yml", "late_arrival_training", (),
            "Schedule team", ("tier1",),
        ),
    )  # fmt: skip
    return Registry(
        "a", "duckdb", "", "", "", views, tuple(Entity(name, (), tuple(of)) for name, of in entities.items()),
        (training_set,), services,
    )  # fmt: skip


@pytest.mark.parametrize("query", LABELLED)
def test_the_best_match_of_a_labelled_query_comes_first(registry, query):
    found = [match.name for match in search(registry, query)]
    assert found[:1] == [LABELLED[query]], found[:5]


def test_a_whole_name_comes_before_whatever_else_has_its_words(registry):
    names = [match.name for match in search(registry, "routes")]
    assert names[0] == "routes"
    assert names[1:] == ["route", "routes:distance_miles", "routes:arr_delay_avg_30d"]


def test_the_places_of_the_words_are_told_the_weightiest_first(registry):
    found = {match.name: match.matched for match in search(registry, "plane late")}
    assert found == {"plane_delays": ("name", "description")}
    assert search(registry, "tier1")[0].matched == ("tag",)
    assert search(registry, "wether")[0].matched == ("near name",)
    assert search(registry, "congest")[0].matched == ("name begins",)
    assert search(registry, "rain")[1].matched == ("within name",)  # training
    assert search(registry, "turbo")[0].matched == ("description",)


def test_with_no_thing_that_has_all_words_those_with_most_are_found(registry):
    assert [match.name for match in search(registry, "plane seats unicorn")] == ["plane_attributes:seats"]


def test_a_near_word_is_looked_for_only_where_no_thing_has_the_word(registry):
    """`route` is a word, so `routed` is near it, and `boarding` is no slip for `board`."""
    assert [match.matched for match in search(registry, "routed")] == [("near name",)] * 2
    assert {match.name for match in search(registry, "board")} == {"boarding_model", "plane_attributes:seats"}


def test_kinds_limit_what_is_found(registry):
    assert {match.kind for match in search(registry, "late")} >= {"view", "service", "training-set"}
    assert {match.kind for match in search(registry, "late", ["view"])} == {"view"}
    for kind in KINDS:
        assert search(registry, "late arrival delay plane", [kind]) == search(
            registry, "DELAY plane arrival late", [kind]
        )


@pytest.mark.parametrize("text", ["", "  ", "?!", "unicorns"])
def test_nothing_is_found_for_what_nothing_says(registry, text):
    assert search(registry, text) == []


def test_small_words_count_when_there_are_no_others(registry):
    assert search(registry, "of the") != []


def test_the_points_written_are_those_given():
    """The ranking in the docstring is the ranking."""
    written = [int(number) for number in re.findall(r"(?:^    |  )(\d+)  [a-z]", module.__doc__, re.MULTILINE)]
    assert sorted(written) == sorted(set(module._POINTS.values()))


def test_a_plural_is_the_word(registry):
    """Asked or written: `planes` is as good as `plane`, `runway` as `runways`."""
    assert search(registry, "planes delay")[0].matched == ("name",)
    assert search(registry, "busy runway")[0].matched == ("description",)


def test_an_entity_of_one_view_says_so(registry):
    counts = {found.name: found.description for found in search(registry, "route") if found.kind == "entity"}
    assert counts["route"] == "1 feature view"
