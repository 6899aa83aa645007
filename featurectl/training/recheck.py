"""Can a training set be rebuilt identically now? It is rebuilt, row by row, without being written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyarrow import parquet

from featurectl.errors import TrainingSetError, UnknownNameError
from featurectl.git import head_commit
from featurectl.training.fingerprint import Fingerprint
from featurectl.training.job import historical_features
from featurectl.training.provenance import file_sha256, read_record, schema_id
from featurectl.training.request import Asked
from featurectl.training.splits import split_of_record

if TYPE_CHECKING:
    from pathlib import Path

    from featurectl.training.context import Context
    from featurectl.training.job import HistoricalFeatures
    from featurectl.training.provenance import FeatureRecord, Provenance


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was.

    Attributes:
        what: ``file``, ``code``, ``schema``, ``spine`` or ``rows``.
        message: What was expected, what came.
    """

    what: str
    message: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.what}: {self.message}"


@dataclass(slots=True)
class Recheck:
    """What came of it.

    Attributes:
        is_identical: The file is the one written, and the rebuilt rows are its rows, with the same columns and types.
        differences: What differs, even where the rows are the same; with them, what may be the reason.
    """

    record: Provenance
    is_identical: bool = False
    differences: list[Difference] = field(default_factory=list)

    def expected(self, what: str, was: Any, now: Any) -> bool:
        """Whether it is as it was; noted when it is not."""
        if was == now:
            return True
        self.differences.append(Difference(what, f"expected {was}, got {now}"))
        return False


def recheck(context: Context, path: Path) -> Recheck:
    """Rebuild a training set and compare.

    Args:
        context: The project it is of, as it is now.
        path: The training set; its record is beside it.

    Raises:
        TrainingSetError: There is no such file or no record.
        FeaturectlError: The project or the warehouse cannot be used at all.
    """
    if not path.is_file():
        raise TrainingSetError(
            f"{path}: expected a training set, got no such file",
            hint="Name the .parquet or .csv file that `featurectl training-set --out` wrote.",
        )
    outcome = Recheck(read_record(path))
    record = outcome.record
    is_same_file = outcome.expected("file", f"sha256 {record.file_sha256}", f"sha256 {file_sha256(path)}")
    outcome.expected("code", f"git commit {record.git_commit}", f"git commit {head_commit(context.project_dir)}")
    _compare_views(outcome, context)
    job = _job(outcome, context, path, is_same_file=is_same_file)
    if job is not None:
        outcome.is_identical = _compare_rows(outcome, job) and is_same_file
    return outcome


def _compare_views(outcome: Recheck, context: Context) -> None:
    now = {(view.name, view.version): view for view in context.registry.views}
    for was in outcome.record.views:
        view = now.get((was.name, was.version))
        name = f"{was.name}@{was.version}"
        if view is None:
            outcome.differences.append(Difference("schema", f"{name}: expected the feature view, got none"))
        else:
            outcome.expected("schema", f"{name} with schema {was.schema_id}", f"{name} with schema {schema_id(view)}")


def _job(outcome: Recheck, context: Context, path: Path, *, is_same_file: bool) -> HistoricalFeatures | None:
    """The same training set, asked for anew; None where that is not possible any more, which is noted."""
    record = outcome.record
    spine = _spine(outcome, path, is_same_file=is_same_file)
    if spine is None:
        return None
    features = [_item(feature) for feature in record.features]
    asked = Asked(features, record.event_timestamp, {}, record.known_at_cutoff, record.group)
    try:
        return historical_features(context, spine, asked, split_of_record(record.split))
    except UnknownNameError as error:
        outcome.differences.append(Difference("schema", str(error)))
    except TrainingSetError as error:
        outcome.differences.append(Difference("spine" if "spine" in str(error) else "schema", str(error)))
    return None


def _spine(outcome: Recheck, path: Path, *, is_same_file: bool) -> Any:
    spine = outcome.record.spine
    if spine.kind == "file":
        file = path.parent / str(spine.value)
        if file.is_file():
            return file
        outcome.differences.append(Difference("spine", f"expected the file {spine.value}, got none"))
        return None
    if spine.value is not None:
        return spine.value
    # A table in memory is gone, but its columns are the first ones of the training set itself.
    if path.suffix.lower() == ".parquet" and is_same_file:
        return parquet.read_table(path, columns=spine.columns)
    outcome.differences.append(
        Difference(
            "spine",
            "expected rows to rebuild from, got none: it was a table in memory, of which no Parquet file is left",
        )
    )
    return None


def _compare_rows(outcome: Recheck, job: HistoricalFeatures) -> bool:
    record = outcome.record
    outcome.expected("spine", record.spine.columns, [column.name for column in job.spine_columns])
    outcome.expected("code", f"SQL {record.sql_sha256}", f"SQL {hashlib.sha256(job.sql.encode()).hexdigest()}")
    rows, spine_rows = Fingerprint(), Fingerprint()
    with job.batches() as (schema, batches):
        columns = [(column.name, str(column.type)) for column in schema]
        for batch in batches:
            rows.add(batch)
            spine_rows.add(batch, len(job.spine_columns))
    outcome.expected("spine", f"rows {record.spine.hash}", f"rows {spine_rows.hash}")
    has_columns = outcome.expected("schema", [tuple(column) for column in record.columns], columns)
    has_rows = outcome.expected(
        "rows", f"{record.row_count:,} rows {record.content_hash}", f"{rows.rows:,} rows {rows.hash}"
    )
    return has_columns and has_rows


def _item(feature: FeatureRecord) -> dict[str, Any]:
    view, _, name = feature.reference.partition(":")
    return {
        "view": view,
        "package": feature.package,
        "features": [name],
        "join_keys": feature.join_keys,
        "prefix": feature.output_name.removesuffix(name),
    }
