"""What an ad-hoc training set needs from a warehouse: load the local rows, describe a query, stream its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from featurectl.training.spine import FileSpine, FrameSpine

BATCH_ROWS = 50_000


class SpineColumn(NamedTuple):
    """A column of the spine, its type in the warehouse's spelling."""

    name: str
    data_type: str


class Session(Protocol):
    """One connection in UTC that sees one state of the warehouse; every method raises WarehouseError."""

    def describe(self, sql: str) -> list[SpineColumn]:
        """The columns of a query, which is not run."""
        ...

    def stream(self, sql: str, contract: Mapping[str, str]) -> pa.RecordBatchReader:
        """The rows of a query, some ten thousand a batch, no more held at once.

        Args:
            contract: Column to its declared type, for engines that forget the precision of numbers on the way.
        """
        ...


class Engine(Protocol):
    """A warehouse that can make training sets.

    Attributes:
        dialect: sqlglot's name of its SQL.
        database: The database it connects to, as the manifest names it.
        folds_case: Whether quoted names that differ in case alone are one.
    """

    dialect: str
    database: str | None
    folds_case: bool

    def session(self, local: FileSpine | FrameSpine | None) -> AbstractContextManager[Session]:
        """Connect late, close early; local rows are there under the name ``featurectl_spine``."""
        ...
