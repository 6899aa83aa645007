"""What a look-up answers: columns of values, statuses and event timestamps."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from serving import tables
from serving.format.values import from_micros
from serving.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    import numpy.typing as npt
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from serving.format.types import WireType
    from serving.found import Found
    from serving.layout import Layout

__all__ = ["OnlineFeatures", "Status"]


class OnlineFeatures:
    """The answer to one look-up, columnar: every join key, then every feature, to a list in the order of the entity rows.

    Values, statuses and times are worked out when first asked for, from the rows as they were at the look-up.

    Args:
        layout: Of the columns.
        key_columns: The entities' values of each join key.
        found: The rows of each read.

    Attributes:
        layout: As given, for those who make another form of the answer, as the HTTP server does.
        found: Likewise.
    """

    __slots__ = ("_key_columns", "found", "layout")

    def __init__(self, layout: Layout, key_columns: list[list[Any]], found: list[Found]) -> None:
        self.layout = layout
        self._key_columns = key_columns
        self.found = found

    def __len__(self) -> int:
        return len(self._key_columns[0])

    def __repr__(self) -> str:
        return f"OnlineFeatures({len(self)} rows of {', '.join(self.names)})"

    @property
    def names(self) -> tuple[str, ...]:
        """All columns: join keys, then features in request order."""
        return self.layout.names

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features in request order; a service's is the order of its training set."""
        return self.layout.features

    def to_dict(self) -> dict[str, list[Any]]:
        """Column name to its values."""
        return dict(zip(self.layout.names, self.columns()))  # noqa: B905 - a quarter of the call

    def to_rows(self) -> list[dict[str, Any]]:
        """One dict an entity row."""
        names = self.layout.names
        return [dict(zip(names, row, strict=True)) for row in zip(*self.columns(), strict=True)]

    def to_numpy(self, dtype: Any = None) -> npt.NDArray[Any]:
        """A matrix of the features alone, one row an entity, columns in request order; nulls are NaN.

        Args:
            dtype: A numpy float type, or ``object`` for the values as they are; by default float64.

        Raises:
            ConversionError: A feature is not numeric, or `dtype` cannot hold NaN.
            MissingPackageError: numpy is not installed.
        """
        return tables.to_numpy(self.layout, self.found, dtype)

    def to_arrow(self) -> pa.Table:
        """A pyarrow table of all columns, typed as the views declare them.

        Raises:
            ConversionError: A value that Arrow's type cannot hold.
            MissingPackageError: pyarrow is not installed.
        """
        return tables.to_arrow(self.to_dict(), self.feature_types)

    def to_pandas(self) -> pd.DataFrame:
        """A pandas data frame of all columns, by way of `to_arrow`.

        Raises:
            ConversionError: A value that Arrow's type cannot hold.
            MissingPackageError: pandas or pyarrow is not installed.
        """
        return tables.to_pandas(self.to_arrow())

    def to_polars(self) -> pl.DataFrame:
        """A polars data frame of all columns, by way of `to_arrow`.

        Raises:
            ConversionError: A value that Arrow's type cannot hold.
            MissingPackageError: polars or pyarrow is not installed.
        """
        return tables.to_polars(self.to_arrow())

    @property
    def statuses(self) -> dict[str, list[Status]]:
        """Column name to the status of each value; join keys are PRESENT."""
        keys = [[Status.PRESENT] * len(self) for _ in self._key_columns]
        features = self._in_order([found.statuses() for found in self.found])
        return dict(zip(self.layout.names, [*keys, *features], strict=True))

    @property
    def event_micros(self) -> dict[str, list[int | None]]:
        """Column name to when each value became true, UTC microseconds since 1970; None for join keys and where there is no row."""
        keys = [[None] * len(self) for _ in self._key_columns]
        features = self._in_order([[found.event_micros()] * len(found.read.slots) for found in self.found])
        return dict(zip(self.layout.names, [*keys, *features], strict=True))

    @property
    def event_timestamps(self) -> dict[str, list[datetime | None]]:
        """The same as aware datetimes in UTC."""
        return {
            name: [None if micros is None else from_micros(micros) for micros in column]
            for name, column in self.event_micros.items()
        }

    @property
    def feature_types(self) -> dict[str, WireType]:
        """Feature to its declared type, in request order."""
        types = self._in_order([[wire_type for _, wire_type in found.read.slots] for found in self.found])
        return dict(zip(self.layout.features, types, strict=True))

    @property
    def deprecations(self) -> dict[str, str]:
        """Those of the views that dbt declares deprecated, e.g. ``price@v1``, to the date (ISO 8601), past or to come."""
        return dict(self.layout.deprecations)

    def columns(self) -> list[list[Any]]:
        """The values of each column, in the order of `names`; the lists are the answer's own."""
        slots: list[list[Any]] = []
        for found in self.found:
            slots += found.columns()
        return self._key_columns + self.layout.in_order(slots)

    def _in_order(self, of_reads: list[list[Any]]) -> list[Any]:
        return self.layout.in_order(list(chain.from_iterable(of_reads)))
