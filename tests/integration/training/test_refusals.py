"""What does not fit is said before dbt or a query runs."""

from __future__ import annotations

import pandas as pd
import pytest

from featurectl.errors import FeaturectlError, TrainingSetError, UnknownNameError
from featurectl.training.render import Dbt
from featurectl.training.splits import HashSplit

GOOD = {"spine": "labels", "event_timestamp": "seen_at", "features": ["readings:*"]}

REFUSED = {
    "no such view": ({"features": ["reading:*"]}, UnknownNameError, "feature view, got 'reading'", "'readings'"),
    "no such feature": ({"features": ["readings:levle"]}, UnknownNameError, "got 'levle'", "'level'"),
    "no such version": ({"features": ["readings@v2:*"]}, UnknownNameError, "readings@v2", "readings"),
    "no such service": ({"features": "level_modell"}, UnknownNameError, "feature service", "'level_model'"),
    "a reference in the place of a list": (
        {"features": "readings:*"},
        TrainingSetError,
        "expected a list of references",
        "features=['readings:*']",
    ),
    "no reference": ({"features": ["readings"]}, TrainingSetError, "expected a feature reference", "view:feature"),
    "no features": ({"features": []}, TrainingSetError, "expected a non-empty list", "reference"),
    "an unknown key of an item": (
        {"features": [{"view": "readings", "prefx": "a_"}]},
        TrainingSetError,
        "features[0].prefx",
        "'prefix'",
    ),
    "a feature twice": ({"features": ["readings:level", "readings:*"]}, TrainingSetError, "'level' of both", "prefix"),
    "a name of the spine": (
        {"features": [{"view": "readings", "features": ["level"]}], "spine": "select *, 1 as LEVEL from labels"},
        TrainingSetError,
        "that the spine has not, got 'level'",
        "prefix",
    ),
    "no such join key": ({"join_keys": {"sensor": "s"}}, UnknownNameError, "got 'sensor'", "'sensor_id'"),
    "a key the spine has not": (
        {"spine": "select seen_at, sensor_id as sensor from labels"},
        TrainingSetError,
        "join key 'sensor_id' of readings: expected a column 'sensor_id' in the spine, got seen_at, sensor",
        "join_keys={'sensor_id'",
    ),
    "a key of another type": (
        {"spine": "select seen_at, sensor_id::varchar as sensor_id from labels"},
        TrainingSetError,
        "of the kind of bigint, got 'sensor_id' of type VARCHAR",
        "Cast",
    ),
    "no event timestamp": ({"event_timestamp": "seen"}, TrainingSetError, "got 'seen'", "'seen_at'"),
    "an empty event timestamp": ({"event_timestamp": " "}, TrainingSetError, "name of a column", "says when"),
    "an event timestamp in text": (
        {"spine": pd.DataFrame({"sensor_id": [1], "seen_at": ["2024-01-01"]})},
        TrainingSetError,
        "expected a date or timestamp, got 'seen_at' of type VARCHAR",
        "as timestamp",
    ),
    "no such model": ({"spine": "label"}, TrainingSetError, "got 'label'", "schema.table"),
    "no such table": ({"spine": "main.absent"}, FeaturectlError, "absent", "dbt build"),
    "broken SQL": ({"spine": "select from where"}, FeaturectlError, "syntax error", ".sql"),
    "no such file": ({"spine": "absent.parquet"}, TrainingSetError, "absent.parquet: expected a file", "relative"),
    "nothing of the kind": ({"spine": {"a": [1]}}, TrainingSetError, "got dict", "DataFrame(rows)"),
    "an empty spine": ({"spine": " ; "}, TrainingSetError, "expected SQL text", "write its select"),
    "a key to split by that is not there": (
        {"split": HashSplit({"train": 1, "test": 1}, ["tailnum"])},
        TrainingSetError,
        "got 'tailnum'",
        "sensor_id",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_a_hint_and_without_dbt(mill, monkeypatch, case):
    given, kind, message, hint = REFUSED[case]
    monkeypatch.setattr(Dbt, "render", lambda *_: pytest.fail("dbt was called"))

    with pytest.raises(kind) as refused:
        mill.project.get_historical_features(**GOOD | given)

    text = f"{refused.value}\n{refused.value.hint}"
    assert message in text
    assert hint in text


def test_all_that_is_wrong_with_a_spine_is_said_at_once(mill):
    with pytest.raises(TrainingSetError) as refused:
        mill.project.get_historical_features(**GOOD | {"spine": "select 1 as level, 'x' as seen_at"})
    assert str(refused.value).startswith("3 problems with the training set:\n")


def test_a_private_view_is_refused_by_name_with_its_group_and_what_to_do(mill):
    """Compiled inline, dbt itself would let anybody read it."""
    with pytest.raises(TrainingSetError) as refused:
        mill.project.get_historical_features(**GOOD | {"features": ["secrets:*"]})
    assert str(refused.value) == (
        "secrets: expected a view that is not private, or a request of its group 'vault', got access 'private' and no group"
    )
    assert refused.value.hint == (
        "Ask vault to set `access: protected` on the model, or, if you are one of them, say group='vault' (--group vault)."
    )


@pytest.mark.parametrize("given", [{"features": "vault_model"}, {"features": ["secrets:*"], "group": "vault"}])
def test_its_own_group_may_read_a_private_view(mill, given):
    """In its own name, or through a service whose training set belongs to the group."""
    features = mill.project.get_historical_features(**GOOD | given)
    assert [wanted.view.name for wanted in features.request.features] == ["secrets"]


def test_another_group_may_not(mill):
    with pytest.raises(TrainingSetError, match="and group 'millers'"):
        mill.project.get_historical_features(**GOOD | {"features": ["secrets:*"], "group": "millers"})


def test_files_that_changed_since_the_manifest_are_refused(own_mill):
    """What the request was checked against must be what dbt renders."""
    yaml = own_mill.folder / "models" / "mill.yml"
    yaml.write_text(yaml.read_text().replace("{count: 10, period: day}", "{count: 1, period: day}"))

    with pytest.raises(FeaturectlError, match="as the project's files declare them, got others: readings"):
        own_mill.project.get_historical_features(**GOOD).to_arrow()


def test_an_error_of_dbt_is_shown(mill):
    with pytest.raises(FeaturectlError, match="depends on a node named 'nowhere'"):
        mill.project.get_historical_features(**GOOD | {"spine": "select * from {{ ref('nowhere') }}"})
