"""A training set into a file, a batch at a time; the file appears whole, with its record beside it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
from pyarrow import csv, parquet

from featurectl.errors import TrainingSetError
from featurectl.training.fingerprint import Fingerprint
from featurectl.training.provenance import file_sha256, provenance, record_path
from featurectl.training.spine import FILE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from featurectl.training.job import HistoricalFeatures
    from featurectl.training.provenance import Provenance


def write(job: HistoricalFeatures, path: str | Path, progress: Callable[[int], None] | None = None) -> Provenance:
    """Stream the rows to a .parquet or .csv file, fingerprinted on the way.

    Raises:
        TrainingSetError: Another suffix, or no such folder.
        WarehouseError: The query fails; what stood at the path before stays.
    """
    path = Path(path)
    if path.suffix.lower() not in FILE_SUFFIXES:
        raise TrainingSetError(
            f"{path}: expected a file name in {' or '.join(FILE_SUFFIXES)}, got {path.suffix!r}",
            hint=f"Write {path.stem or 'train'}.parquet.",
        )
    if not path.parent.is_dir():
        raise TrainingSetError(
            f"{path}: expected a folder that exists, got {str(path.parent)!r}", hint="Make the folder first (mkdir -p)."
        )
    part = path.with_name(path.name + ".part")
    spine_columns = len(job.spine_columns)
    rows, spine_rows = Fingerprint(), Fingerprint()
    try:
        with job.batches() as (schema, batches), _writer(part, path.suffix.lower(), schema) as writer:
            for batch in batches:
                rows.add(batch)
                spine_rows.add(batch, spine_columns)
                writer.write_batch(batch)
                if progress:
                    progress(rows.rows)
        record = provenance(job, path.parent, schema, rows, spine_rows, file_sha256(part))
        record_path(path).unlink(missing_ok=True)  # never an old record beside a new file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    text = msgspec.json.format(msgspec.json.encode(record), indent=2)
    record_path(path).write_bytes(text + b"\n")
    return record


@contextmanager
def _writer(path: Path, suffix: str, schema: pa.Schema) -> Iterator[Any]:
    try:
        writer = parquet.ParquetWriter(path, schema) if suffix == ".parquet" else csv.CSVWriter(path, schema)
    except (pa.ArrowException, OSError) as error:
        raise TrainingSetError(
            f"{path}: expected a file that can hold the training set, got: {error}",
            hint="May it be written here? CSV has no lists: Parquet has every type.",
        ) from error
    with writer:
        yield writer
