"""Which engine makes the training sets of a dbt target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from featurectl.training.session import Engine
    from featurectl.warehouse.profile import Target


def open_engine(target: Target, project_dir: Path) -> Engine:
    """The engine of a dbt target; nothing is connected yet.

    Raises:
        WarehouseError: There is none for the target's adapter.
    """
    # Imported where used: each needs a driver that the others do without.
    if target.adapter_type == "duckdb":
        from featurectl.training.duckdb import DuckDBEngine  # noqa: PLC0415

        return DuckDBEngine(target, project_dir)
    if target.adapter_type == "postgres":
        from featurectl.training.postgres import PostgresEngine  # noqa: PLC0415

        return PostgresEngine(target)
    raise WarehouseError(
        f"{target.where}: type: expected one of duckdb, postgres, got {target.adapter_type!r}",
        hint="Choose another target with --target, or write the training set as a dbt model.",
    )
