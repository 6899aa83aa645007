"""Claims about the arguments of a request: each wrong one is named, with what to write instead."""

from __future__ import annotations

import pytest

from featurectl.errors import TrainingSetError
from featurectl.training.request import Asked, resolve

GOOD = {"features": ["congestion:delay"], "event_timestamp": "t"}
WRONG = [
    ({"known_at_cutoff": "no"}, "known_at_cutoff: expected True or False, got 'no'"),
    ({"known_at_cutoff": 0}, "known_at_cutoff: expected True or False, got 0"),
    ({"known_at_cutoff": None}, "known_at_cutoff: expected True or False, got None"),
    ({"features": None}, "features: expected a list of references and mappings, or the name of a feature service"),
    ({"features": {"congestion:delay": 1}}, "features: expected a list of references and mappings"),
    ({"features": 7}, "features: expected a list of references and mappings"),
    ({"features": [None]}, "features[0]: expected a mapping, got none"),
    ({"join_keys": ["airport"]}, "join_keys: expected a mapping of a view's key to a column of the spine"),
    ({"join_keys": "airport"}, "join_keys: expected a mapping of a view's key to a column of the spine"),
    ({"join_keys": {"airport": 1}}, "join_keys: expected a mapping of a view's key to a column of the spine"),
    ({"join_keys": {"airport": ""}}, "join_keys: expected a mapping of a view's key to a column of the spine"),
    ({"features": [{"view": "congestion", "join_keys": ["airport"]}]}, "features[0].join_keys: expected a mapping"),
    ({"features": [{"view": "congestion", "join_keys": {"airport": 1}}]}, "features[0].join_keys.airport: expected a"),
    ({"event_timestamp": " "}, "event_timestamp: expected the name of a column of the spine, got ' '"),
    ({"event_timestamp": None}, "event_timestamp: expected the name of a column of the spine, got None"),
    ({"group": ["growth"]}, "group: expected the name of a dbt group, or None, got ['growth']"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_a_wrong_argument_is_named_with_a_hint(registry, changes, message):
    with pytest.raises(TrainingSetError) as refused:
        resolve(Asked(**GOOD | changes), registry)
    assert str(refused.value).startswith(message)
    assert refused.value.hint


def test_all_wrong_arguments_are_named_at_once(registry):
    with pytest.raises(TrainingSetError, match=r"^3 problems with the training set:"):
        resolve(Asked(None, "", known_at_cutoff="no"), registry)


def test_a_tuple_is_a_list(registry):
    assert len(resolve(Asked(("congestion:*",), "t"), registry).features) == 2
