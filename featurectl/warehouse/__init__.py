"""Reading the warehouse: dbt's profile, the queries, one driver an engine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from featurectl.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from featurectl.warehouse.base import Warehouse
    from featurectl.warehouse.profile import Target

NATIVE = ("duckdb", "postgres")
DRIVER_VARIABLE = "FEATURECTL_DRIVER"  # `dbt` reads DuckDB and PostgreSQL through dbt's connection too
_INSTALL = {
    "duckdb": "pip install 'featurectl[duckdb]'",
    "psycopg": "pip install 'featurectl[postgres]'",
    "dbt": "pip install dbt-{}",
}


def open_warehouse(target: Target, project_dir: Path) -> Warehouse:
    """The warehouse that a dbt target names; nothing is opened before the first read.

    Raises:
        WarehouseError: There is no driver for the target's adapter, or it is not installed.
    """
    # Drivers are imported where used: other commands and engines do without them.
    is_native = target.adapter_type in NATIVE and os.environ.get(DRIVER_VARIABLE) != "dbt"
    try:
        if not is_native:
            return _through_dbt(target)
        if target.adapter_type == "duckdb":
            from featurectl.warehouse.duckdb import DuckDBWarehouse  # noqa: PLC0415

            return DuckDBWarehouse(target, project_dir)
        from featurectl.warehouse.postgres import PostgresWarehouse  # noqa: PLC0415

        return PostgresWarehouse(target)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _INSTALL:
            raise
        raise WarehouseError(
            f"{target.where}: type: expected the driver {missing!r} for {target.adapter_type}, got none",
            hint=f"Install it: {_INSTALL[missing].format(target.adapter_type)}.",
        ) from error


def _through_dbt(target: Target) -> Warehouse:
    from featurectl.warehouse.dialects import ENGINES, dialect_of  # noqa: PLC0415

    if target.adapter_type not in (*NATIVE, *ENGINES):
        raise WarehouseError(
            f"{target.where}: type: expected one of {', '.join(sorted({*NATIVE, *ENGINES}))}, got {target.adapter_type!r}",
            hint="Choose another target with --target.",
        )
    from featurectl.warehouse.adapter import AdapterWarehouse  # noqa: PLC0415

    return AdapterWarehouse(target, dialect_of(target.adapter_type))
