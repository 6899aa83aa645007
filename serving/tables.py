"""Answers as arrays and tables; numpy, pyarrow, pandas and polars are imported only when asked for."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, Any

from serving.errors import ConversionError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from serving.format.types import WireType
    from serving.found import Found
    from serving.layout import Layout

_NUMERIC = frozenset({"bool", "int64", "uint64", "hugeint", "float32", "float64", "decimal"})
_DECIMAL128_DIGITS = 38


def to_numpy(layout: Layout, found: Sequence[Found], dtype: Any) -> npt.NDArray[Any]:
    """See `OnlineFeatures.to_numpy`."""
    numpy = _import("numpy", "to_numpy")
    if dtype is None and len(found) == 1 and layout.order is None:
        only: npt.NDArray[np.float64] = numpy.ascontiguousarray(_numbers(numpy, found[0]))
        return only
    wanted = numpy.dtype(numpy.float64 if dtype is None else dtype)
    if wanted.kind == "O":
        parts = [_objects(numpy, each) for each in found]
    elif wanted.kind == "f":
        parts = [_numbers(numpy, each) for each in found]
    else:
        raise ConversionError(
            "to_numpy", "a float type, for nulls are NaN, or object", str(wanted), hint="Write dtype='float32'."
        )
    matrix = parts[0] if len(parts) == 1 else numpy.concatenate(parts, axis=1)
    if layout.order is not None:
        matrix = matrix[:, layout.order]
    contiguous: npt.NDArray[Any] = numpy.ascontiguousarray(matrix, dtype=wanted)
    return contiguous


def _objects(numpy: Any, found: Found) -> npt.NDArray[Any]:
    columns = found.columns()
    objects: npt.NDArray[Any] = numpy.empty((len(found.rows), len(columns)), dtype=object)
    for index, column in enumerate(columns):
        for row, value in enumerate(column):  # one by one, for numpy would take a list apart
            objects[row, index] = value
    return objects


def _numbers(numpy: Any, found: Found) -> npt.NDArray[np.float64]:
    read = found.read
    if found.is_fresh and read.matrix is not None:
        matrix = read.matrix.decode(numpy, found.rows)  # type: ignore[arg-type] # fresh rows are there
        if matrix is not None:
            return matrix if read.pick is None else matrix[:, read.positions]
    for name, wire_type in read.slots:
        if wire_type.kind not in _NUMERIC:
            raise ConversionError(
                name, "a numeric feature", wire_type.name, hint="Leave it out, write dtype=object, or use to_arrow()."
            )
    columns: npt.NDArray[np.float64] = numpy.array(
        [[None if value is None else float(value) for value in column] for column in found.columns()],
        dtype=numpy.float64,
    )
    return columns.T


def to_arrow(columns: Mapping[str, Sequence[Any]], types: Mapping[str, WireType]) -> pa.Table:
    """See `OnlineFeatures.to_arrow`."""
    pyarrow = _import("pyarrow", "to_arrow")
    arrays = {}
    for name, column in columns.items():
        wire_type = types.get(name)  # join keys are as the caller gave them
        arrow_type = None if wire_type is None else _arrow_type(pyarrow, wire_type)
        try:
            arrays[name] = pyarrow.array(_arrow_values(column, wire_type), type=arrow_type)
        except (pyarrow.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise ConversionError(name, f"values of Arrow's {arrow_type}", str(error), hint="Use to_dict().") from error
    return pyarrow.table(arrays)


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """See `OnlineFeatures.to_pandas`."""
    _import("pandas", "to_pandas")
    return table.to_pandas()


def to_polars(table: pa.Table) -> pl.DataFrame:
    """See `OnlineFeatures.to_polars`."""
    frame: pl.DataFrame = _import("polars", "to_polars").from_arrow(table)
    return frame


def _arrow_values(column: Sequence[Any], wire_type: WireType | None) -> Sequence[Any]:
    is_uuid = wire_type is not None and wire_type.kind == "uuid"
    return [None if value is None else str(value) for value in column] if is_uuid else column


def _arrow_type(pyarrow: Any, wire_type: WireType) -> Any:
    """Arrow's type of a wire type; None, which lets Arrow look at the values, for a decimal without a scale."""
    if wire_type.item is not None:
        return pyarrow.list_(_arrow_type(pyarrow, wire_type.item) or pyarrow.string())
    if wire_type.kind == "decimal":
        if wire_type.scale is None:
            return None
        precision = wire_type.precision or _DECIMAL128_DIGITS
        make = pyarrow.decimal128 if precision <= _DECIMAL128_DIGITS else pyarrow.decimal256
        return make(precision, wire_type.scale)
    return {
        "bool": pyarrow.bool_(),
        "int64": pyarrow.int64(),
        "uint64": pyarrow.uint64(),
        "hugeint": pyarrow.decimal128(38, 0),
        "float32": pyarrow.float32(),
        "float64": pyarrow.float64(),
        "string": pyarrow.string(),
        "bytes": pyarrow.binary(),
        "date": pyarrow.date32(),
        "time": pyarrow.time64("us"),
        "timestamp": pyarrow.timestamp("us"),
        "timestamptz": pyarrow.timestamp("us", "UTC"),
        "uuid": pyarrow.string(),
        "json": pyarrow.string(),
    }[wire_type.kind]


@cache
def _import(package: str, method: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingPackageError(package, method) from error
