"""The public names of serving."""

from __future__ import annotations

import copy
import subprocess
import sys
from multiprocessing.reduction import ForkingPickler

import pytest

import serving


def test_the_public_names_are_exactly_these():
    assert serving.__all__ == sorted(serving.__all__)
    public = {name for name, value in vars(serving).items() if isinstance(value, type)}
    assert public == set(serving.__all__)
    assert set(serving.__all__) == {
        "AsyncFeatureStore",
        "Cache",
        "CatalogError",
        "ConfigError",
        "ConversionError",
        "CorruptRowError",
        "FeatureStore",
        "FormatError",
        "KeyTypeError",
        "MissingJoinKeyError",
        "MissingPackageError",
        "NameClashError",
        "OnlineFeatures",
        "RequestError",
        "ServingError",
        "Status",
        "StoreError",
        "TooManyEntitiesError",
        "UnknownFeatureError",
        "UnservableTypeError",
        "ValueTypeError",
    }


def test_importing_serving_loads_no_warehouse_tool_and_no_redis():
    """A model server on the embedded store pays for neither."""
    program = "import serving, sys; print(sorted({'featurectl', 'dbt', 'duckdb', 'click', 'redis', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_error_is_a_serving_error_with_a_hint_in_its_text():
    error = serving.StoreError("no", hint="Do this.")
    assert isinstance(error, serving.ServingError)
    assert str(error) == "no\nHint: Do this."
    assert error.message == "no"


@pytest.mark.parametrize(
    "error",
    [
        serving.StoreError("no", hint="Do this."),
        serving.UnknownFeatureError("feature view", "order", ["orders"]),
        serving.MissingJoinKeyError("k", "orders", "entity_rows[0]", ["x"]),
        serving.TooManyEntitiesError(3, 2),
        serving.KeyTypeError("k", "int64 (an int)", "12"),
        serving.MissingPackageError("numpy", "to_numpy"),
        serving.ConversionError("a", "a number", "text", hint="Leave it out."),
        serving.UnservableTypeError("interval", "a type", hint="Cast it."),
        serving.ValueTypeError("int64", "x"),
        serving.CorruptRowError("a:b", "expected a row"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_crosses_from_one_process_to_another(error):
    """A worker's mistake is its caller's to read: an error that cannot be unpickled breaks the whole pool of processes."""
    for twin in (ForkingPickler.loads(ForkingPickler.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)
