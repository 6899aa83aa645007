"""A training set that is not there yet: checked at once, rendered and run when its rows are asked for."""

from __future__ import annotations

import importlib.util
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from featurectl.errors import TrainingSetError, WarehouseError
from featurectl.training.render import SPINE
from featurectl.training.request import resolve
from featurectl.training.shape import require_fit
from featurectl.training.spine import QuerySpine, read_spine
from featurectl.training.splits import require_split, wrap
from featurectl.training.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pandas as pd
    import polars as pl

    from featurectl.training.context import Context
    from featurectl.training.provenance import Provenance
    from featurectl.training.render import Rendered
    from featurectl.training.request import Asked, Request
    from featurectl.training.session import SpineColumn
    from featurectl.training.spine import Spine
    from featurectl.training.splits import Split


class HistoricalFeatures:
    """A spine, the features known at its event timestamps, and nothing computed before it is needed.

    Grain: one row per spine row, in no order; the spine's columns, then the features in the order asked for, then ``split``.
    Every ``to_...`` runs the query anew, on one state of the warehouse, in UTC.

    Attributes:
        request: The features, expanded and pinned.
        spine_columns: The spine's own, in order.
    """

    def __init__(self, context: Context, spine: Spine, request: Request, split: Split | None = None) -> None:
        self.request = request
        self.spine = spine
        self.split = split
        self._context = context
        local = None if isinstance(spine, QuerySpine) else spine
        self._local = local
        with context.engine.session(local) as session:
            self.spine_columns: list[SpineColumn] = session.describe(self._spine_select)
        added = ("split",) if split else ()
        require_fit(request, self.spine_columns, added, folds_case=context.engine.folds_case)
        if split:
            split.require_fit(self.spine_columns)

    @cached_property
    def sql(self) -> str:
        """The query, by dbt from the macro ``training_set``; rows of a file or a table are named ``featurectl_spine`` in it."""
        rendered = self._rendered
        if not isinstance(self.spine, QuerySpine):
            return rendered.join_sql
        return f"with {SPINE} as (\n\n{self._spine_select}\n\n)\n\n{rendered.join_sql}"

    def to_arrow(self) -> pa.Table:
        """All rows as a pyarrow table."""
        with self.batches() as (schema, batches):
            return pa.Table.from_batches(batches, schema)

    def to_pandas(self) -> pd.DataFrame:
        """All rows as a pandas data frame."""
        _require_package("pandas")
        return self.to_arrow().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """All rows as a polars data frame."""
        _require_package("polars")
        import polars as pl  # noqa: PLC0415 - only who asks for it needs it

        frame = pl.from_arrow(self.to_arrow())
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - of a table; says so to the type checker
        return frame

    def to_parquet(self, path: str | Path, *, progress: Callable[[int], None] | None = None) -> Provenance:
        """Write the rows to a file, a batch at a time, and what made them to ``<path>.meta.json`` beside it.

        Args:
            path: Replaced when all is written, not before. A ``.csv`` is written as CSV.
            progress: Called with the number of rows written so far.

        Returns:
            What the file beside says.
        """
        return write(self, path, progress)

    @property
    def context(self) -> Context:
        """The project it is of."""
        return self._context

    @contextmanager
    def batches(self) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        """Run the query; the connection is open as long as the context is.

        Raises:
            WarehouseError: The query fails, at once or while its rows are read.
        """
        sql = self.sql  # dbt first: it must not find the warehouse open
        with self._context.engine.session(self._local) as session:
            reader = session.stream(sql, self.request.contract())
            yield reader.schema, _read(reader)

    @cached_property
    def _rendered(self) -> Rendered:
        jinja = self.spine.sql if isinstance(self.spine, QuerySpine) and self.spine.has_jinja else None
        around = wrap(self.split, self.request.event_timestamp) if self.split else "{join}"
        return self._context.dbt.render(self.request, jinja, around)

    @property
    def _spine_select(self) -> str:
        if not isinstance(self.spine, QuerySpine):
            return exp.select("*").from_(SPINE).sql()
        return self._rendered.spine_sql or self.spine.sql if self.spine.has_jinja else self.spine.sql


def historical_features(context: Context, spine: Any, asked: Asked, split: Split | None = None) -> HistoricalFeatures:
    """Everything looked up and checked against each other, in milliseconds; a spine with Jinja costs a dbt call first.

    Raises:
        FeaturectlError: Whatever is wrong, before anything heavy runs.
    """
    require_split(split)
    request = resolve(asked, context.registry)
    context.require_built_for_target(request.views)
    return HistoricalFeatures(
        context, read_spine(spine, context.manifest, context.engine.dialect, request.group), request, split
    )


def _read(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except pa.ArrowException as error:  # what a driver raises comes through Arrow's stream as Arrow's own
        first_line = str(error).split("\n", 1)[0]
        raise WarehouseError(
            f"training set: the query failed: {first_line}",
            hint="Is the spine's SQL right? In Python `.sql` of the answer is the whole query.",
        ) from error


def _require_package(name: str) -> None:
    if importlib.util.find_spec(name) is None:
        raise TrainingSetError(
            f"to_{name}: expected the package {name}, got none", hint=f"Install it: pip install {name}."
        )
