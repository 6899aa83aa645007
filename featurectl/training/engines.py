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
        WarehouseError: There is none for the target's adapter, or a package that it needs is not installed.
    """
    if target.adapter_type not in ("duckdb", "postgres"):
        raise WarehouseError(
            f"{target.where}: type: expected one of duckdb, postgres, got {target.adapter_type!r}",
            hint="Choose another target with --target, or write the training set as a dbt model.",
        )
    # Imported where used: each needs a driver that the others do without.
    try:
        if target.adapter_type == "duckdb":
            from featurectl.training.duckdb import DuckDBEngine  # noqa: PLC0415

            return DuckDBEngine(target, project_dir)
        from featurectl.training.postgres import PostgresEngine  # noqa: PLC0415

        return PostgresEngine(target)
    except ModuleNotFoundError as error:
        if error.name not in ("duckdb", "psycopg", "pyarrow"):
            raise
        raise WarehouseError(
            f"{target.where}: expected the package {error.name!r} for training sets, got none",
            hint=f"Install it: pip install 'featurectl[{target.adapter_type}]'.",
        ) from error
