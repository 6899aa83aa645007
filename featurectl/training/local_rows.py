"""The rows of a file or of a table in memory, as Arrow batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import csv, parquet

from featurectl.errors import TrainingSetError
from featurectl.training.session import BATCH_ROWS
from featurectl.training.spine import FrameSpine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from featurectl.training.spine import FileSpine


def read_batches(local: FileSpine | FrameSpine) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The schema, and the rows in batches; nanoseconds are floored to microseconds, which is what the join compares.

    Raises:
        TrainingSetError: The file is not what its suffix says.
    """
    if isinstance(local, FrameSpine):
        return _in_micros(local.table.schema, iter(local.table.to_batches(BATCH_ROWS)))
    try:
        if local.path.suffix.lower() == ".csv":
            convert = csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
            reader = csv.open_csv(local.path, convert_options=convert)
            return _in_micros(reader.schema, iter(reader))
        file = parquet.ParquetFile(local.path)
        return _in_micros(file.schema_arrow, file.iter_batches(BATCH_ROWS))
    except (pa.ArrowException, OSError) as error:
        first_line = str(error).split("\n", 1)[0]
        raise TrainingSetError(
            f"spine: {local.path}: expected a {local.path.suffix[1:]} file, got: {first_line}", hint="Is it whole?"
        ) from error


def _in_micros(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    floored = pa.schema(
        [
            field.with_type(pa.timestamp("us", field.type.tz)) if pa.types.is_timestamp(field.type) else field
            for field in schema
        ]
    )
    if floored == schema:
        return schema, batches
    return floored, (_floored(batch, floored) for batch in batches)


def _floored(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        column
        if column.type == field.type
        else pa.compute.floor_temporal(column, unit="microsecond").cast(field.type, safe=False)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
