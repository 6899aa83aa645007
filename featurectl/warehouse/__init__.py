"""Reading the warehouse: dbt's profile, the queries, one driver an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from featurectl.warehouse.base import Warehouse
    from featurectl.warehouse.profile import Target

ADAPTERS = ("duckdb",)


def open_warehouse(target: Target, project_dir: Path) -> Warehouse:
    """The warehouse that a dbt target names; nothing is opened before the first read.

    Raises:
        WarehouseError: There is no driver for the target's adapter.
    """
    if target.adapter_type == "duckdb":
        # Imported where used: other commands and engines do without the driver.
        from featurectl.warehouse.duckdb import DuckDBWarehouse  # noqa: PLC0415

        return DuckDBWarehouse(target, project_dir)
    raise WarehouseError(
        f"{target.where}: type: expected one of {', '.join(ADAPTERS)}, got {target.adapter_type!r}",
        hint="Choose another target with --target.",
    )
