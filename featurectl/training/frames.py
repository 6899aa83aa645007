"""Tables in memory, of whatever library, as pyarrow tables with one name a column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from featurectl.errors import TrainingSetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

ACCEPTED = (
    "SQL text, the name of a dbt model, seed, snapshot or source, `schema.table`, the path of a .parquet or .csv file, "
    "or a pandas, polars or pyarrow table"
)


def arrow_table(frame: Any, *, folds_case: bool) -> pa.Table:
    """The rows of a pandas or polars data frame, a pyarrow table, or what else Arrow can read as a stream.

    Args:
        folds_case: Whether the engine takes names that differ in case alone as one.

    Raises:
        TrainingSetError: It is none of these, a column has no single type, or two columns have one name.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - part of the warehouse extras, heavy
    except ImportError as error:
        raise TrainingSetError(
            "spine: expected pyarrow to be installed, got none", hint="pip install pyarrow"
        ) from error
    is_pandas = type(frame).__module__.split(".")[0] == "pandas" and hasattr(frame, "columns")
    if not is_pandas and not hasattr(frame, "__arrow_c_stream__"):
        raise TrainingSetError(f"spine: expected {ACCEPTED}, got {type(frame).__name__}", hint=_hint(frame))
    if is_pandas:
        _require_different_names(map(str, frame.columns), folds_case=folds_case)
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False) if is_pandas else pa.table(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise TrainingSetError(
            f"spine: expected a table whose columns are of one type each, got: {str(error).splitlines()[0]}",
            hint="Cast the column, e.g. frame['price'].astype(str).",
        ) from error
    _require_different_names(table.column_names, folds_case=folds_case)
    return table


def _hint(frame: Any) -> str:
    if hasattr(frame, "collect"):  # a lazy frame of polars
        return "It is not computed yet: call .collect() on it."
    return "Make a data frame of it, e.g. pandas.DataFrame(rows)."


def _require_different_names(names: Iterable[str], *, folds_case: bool) -> None:
    given = list(names)
    counts = Counter(name.lower() if folds_case else name for name in given)
    twice = [name for name in given if counts[name.lower() if folds_case else name] > 1]
    if twice:
        case = " (this warehouse does not tell upper from lower case)" if folds_case else ""
        raise TrainingSetError(
            f"spine: expected columns of different names{case}, got {', '.join(map(repr, twice))}",
            hint="Rename or drop all but one of them.",
        )
