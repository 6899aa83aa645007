"""What made a training set: the file `<training set>.meta.json`, as data."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from featurectl.errors import TrainingSetError
from featurectl.git import head_commit
from featurectl.training.spine import FileSpine, Kind, QuerySpine
from featurectl.training.splits import split_record
from serving.errors import UnservableTypeError
from serving.format.schemas import Schema

if TYPE_CHECKING:
    import pyarrow as pa

    from featurectl.registry import FeatureView
    from featurectl.training.fingerprint import Fingerprint
    from featurectl.training.job import HistoricalFeatures
    from featurectl.training.spine import Spine

FORMAT_VERSION = 1


class FeatureRecord(msgspec.Struct, frozen=True):
    """One output column: a pinned reference, its name in the table, and its join keys where the spine's differ."""

    reference: str
    output_name: str
    join_keys: dict[str, str]
    package: str


class ViewRecord(msgspec.Struct, frozen=True):
    """A feature view used.

    Attributes:
        version: 0 without versions.
        schema_id: Eight hexadecimal digits, as in the online store; None where its types cannot be served.
    """

    name: str
    version: int
    unique_id: str
    schema_id: str | None


class SpineRecord(msgspec.Struct, frozen=True):
    """Where the rows came from.

    Attributes:
        value: SQL, a name, or a path relative to the folder of the training set; None for a table in memory.
        columns: Names, in order.
        hash: Fingerprint of its rows.
    """

    kind: Kind
    value: str | None
    columns: list[str]
    hash: str


class DbtRecord(msgspec.Struct, frozen=True):
    """The dbt command that wrote the manifest."""

    version: str
    invocation_id: str
    generated_at: str


class Provenance(msgspec.Struct, frozen=True):
    """Everything that a training set was made from.

    Attributes:
        columns: Name and Arrow type of each column, in order.
        content_hash: Fingerprint of all rows, independent of their order.
        file_sha256: Of the bytes of the file.
        sql_sha256: Of the query that dbt rendered.
        git_commit: Checked out in the project; None outside git.
        split: The options of the column ``split``, or None.
    """

    format_version: int
    featurectl_version: str
    project: str
    target: str
    git_commit: str | None
    dbt: DbtRecord
    spine: SpineRecord
    event_timestamp: str
    known_at_cutoff: bool
    service: str | None
    group: str | None
    features: list[FeatureRecord]
    views: list[ViewRecord]
    split: dict[str, Any] | None
    columns: list[tuple[str, str]]
    row_count: int
    content_hash: str
    sql_sha256: str
    file_sha256: str


def provenance(
    job: HistoricalFeatures,
    folder: Path,
    schema: pa.Schema,
    rows: Fingerprint,
    spine_rows: Fingerprint,
    file_sha256: str,
) -> Provenance:
    """The record of a training set.

    Args:
        folder: Of the file; a spine's path is written relative to it.
        rows: Of the whole table.
        spine_rows: Of the spine's columns of the same rows: the join changes neither their number nor their values.
    """
    registry, request = job.context.registry, job.request
    return Provenance(
        format_version=FORMAT_VERSION,
        featurectl_version=importlib.metadata.version("featurectl"),
        project=registry.project,
        target=job.context.target.name,
        git_commit=head_commit(job.context.project_dir),
        dbt=DbtRecord(registry.dbt_version, registry.invocation_id, registry.generated_at),
        spine=SpineRecord(
            job.spine.kind,
            _spine_value(job.spine, folder),
            [column.name for column in job.spine_columns],
            spine_rows.hash,
        ),
        event_timestamp=request.event_timestamp,
        known_at_cutoff=request.known_at_cutoff,
        service=request.service,
        group=request.group,
        features=[
            FeatureRecord(
                wanted.feature.reference,
                wanted.feature.output_name,
                dict(wanted.feature.join_keys),
                wanted.view.package,
            )
            for wanted in request.features
        ],
        views=[ViewRecord(view.name, view.version, view.unique_id, schema_id(view)) for view in request.views],
        split=split_record(job.split),
        columns=[(field.name, str(field.type)) for field in schema],
        row_count=rows.rows,
        content_hash=rows.hash,
        sql_sha256=hashlib.sha256(job.sql.encode()).hexdigest(),
        file_sha256=file_sha256,
    )


def schema_id(view: FeatureView) -> str | None:
    """The view's schema id, as the online store writes it into every row."""
    try:
        return f"{Schema.of((column.name, column.data_type) for column in view.features).id:08x}"
    except UnservableTypeError:
        return None


def record_path(path: Path) -> Path:
    """``train.parquet`` -> ``train.parquet.meta.json``."""
    return path.with_name(path.name + ".meta.json")


def read_record(path: Path) -> Provenance:
    """The record beside a training set.

    Raises:
        TrainingSetError: There is none, or it is of another kind.
    """
    beside = record_path(path)
    try:
        return msgspec.json.decode(beside.read_bytes(), type=Provenance)
    except FileNotFoundError:
        raise TrainingSetError(
            f"{beside}: expected the record of a training set, got no such file",
            hint="Every training set that featurectl writes has one beside it.",
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TrainingSetError(
            f"{beside}: expected the record of a training set, got {error}",
            hint="It was changed, or another version of featurectl wrote it: make the training set again.",
        ) from None


def file_sha256(path: Path) -> str:
    """Of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _spine_value(spine: Spine, folder: Path) -> str | None:
    if isinstance(spine, QuerySpine):
        return spine.given
    if isinstance(spine, FileSpine):
        return Path(os.path.relpath(spine.path, folder.absolute())).as_posix()
    return None
