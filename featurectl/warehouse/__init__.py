"""Reading the warehouse: dbt's profile, the queries, one driver an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from featurectl.warehouse.base import Warehouse
    from featurectl.warehouse.profile import Target

ADAPTERS = ("duckdb", "postgres")
_EXTRAS = {"duckdb": "duckdb", "psycopg": "postgres"}


def open_warehouse(target: Target, project_dir: Path) -> Warehouse:
    """The warehouse that a dbt target names; nothing is opened before the first read.

    Raises:
        WarehouseError: There is no driver for the target's adapter, or it is not installed.
    """
    # Drivers are imported where used: other commands and engines do without them.
    try:
        if target.adapter_type == "duckdb":
            from featurectl.warehouse.duckdb import DuckDBWarehouse  # noqa: PLC0415

            return DuckDBWarehouse(target, project_dir)
        if target.adapter_type == "postgres":
            from featurectl.warehouse.postgres import PostgresWarehouse  # noqa: PLC0415

            return PostgresWarehouse(target)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        raise WarehouseError(
            f"{target.where}: type: expected the driver {error.name!r} for {target.adapter_type}, got none",
            hint=f"Install it: pip install 'featurectl[{_EXTRAS[error.name]}]'.",
        ) from error
    raise WarehouseError(
        f"{target.where}: type: expected one of {', '.join(ADAPTERS)}, got {target.adapter_type!r}",
        hint="Choose another target with --target.",
    )
