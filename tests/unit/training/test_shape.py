"""Claims about what a spine lacks: which column is missing, which there are, and what to write."""

from __future__ import annotations

import pytest

from featurectl.errors import TrainingSetError
from featurectl.training.request import Asked, resolve
from featurectl.training.session import SpineColumn
from featurectl.training.shape import require_fit


def problem(registry, columns, **asked):
    request = resolve(Asked(["congestion:delay"], "at", **asked), registry)
    with pytest.raises(TrainingSetError) as caught:
        require_fit(request, [SpineColumn(name, data_type) for name, data_type in columns.items()])
    return str(caught.value), caught.value.hint


def test_a_missing_key_is_named_with_the_columns_there_are(registry):
    message, hint = problem(registry, {"at": "timestamp", "origin": "varchar"})
    assert message == "join key 'airport' of congestion: expected a column 'airport' in the spine, got at, origin"
    assert hint == (
        "Map it to one of them: join_keys={'airport': '<column>'} in Python, --join-key airport=<column> in a shell."
    )


def test_a_missing_key_with_a_near_name_is_asked_for_it(registry):
    _, hint = problem(registry, {"at": "timestamp", "airports": "varchar"})
    assert hint.startswith("Did you mean 'airports'? Map it to one of them: ")


def test_a_mapped_key_that_is_not_there_is_named_as_it_was_mapped(registry):
    message, _ = problem(registry, {"at": "timestamp", "origin": "varchar"}, join_keys={"airport": "dest"})
    assert message == "join key 'airport' of congestion: expected a column 'dest' in the spine, got at, origin"


def test_of_a_wide_spine_ten_columns_are_named(registry):
    message, _ = problem(registry, {"at": "timestamp", **{f"c{number}": "bigint" for number in range(20)}})
    assert message.endswith("got at, c0, c1, c2, c3, c4, c5, c6, c7, c8, ... (21)")


def test_names_that_clash_have_a_hint_for_the_shell_too(registry):
    with pytest.raises(TrainingSetError) as caught:
        resolve(Asked(["congestion:delay", "congestion:*"], "at"), registry)
    assert caught.value.hint == (
        "Give one a prefix: {'view': 'congestion', 'features': ['delay'], 'prefix': 'congestion__'}, in Python or in a "
        "training_set model; in a shell ask for one of them."
    )
