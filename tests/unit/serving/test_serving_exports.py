"""The public names of serving."""

from __future__ import annotations

import subprocess
import sys

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
