"""The rows to enrich: SQL, a model or relation of the warehouse, a file, or a table in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlglot import exp

from featurectl.errors import TrainingSetError
from featurectl.training.frames import ACCEPTED, arrow_table

if TYPE_CHECKING:
    import pyarrow as pa

    from featurectl.manifest import Manifest, Node

Kind = Literal["sql", "model", "relation", "file", "frame"]
FILE_SUFFIXES = (".parquet", ".csv")
_NAME = re.compile(r"[A-Za-z_]\w*")
_RELATION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){1,2}")
_RESOURCE_TYPES = ("model", "seed", "snapshot")


@dataclass(frozen=True, slots=True)
class QuerySpine:
    """Rows that the warehouse selects.

    Attributes:
        kind: ``sql``, ``model`` or ``relation``.
        given: What the caller wrote.
        sql: A `select`, perhaps with Jinja.
    """

    kind: Kind
    given: str
    sql: str

    @property
    def has_jinja(self) -> bool:
        """Whether dbt must render it, e.g. ``{{ ref('labels') }}``."""
        return "{{" in self.sql or "{%" in self.sql


@dataclass(frozen=True, slots=True)
class FileSpine:
    """Rows of a Parquet or CSV file (with a head line) on this machine."""

    path: Path
    kind: Kind = "file"


@dataclass(frozen=True, slots=True)
class FrameSpine:
    """Rows in memory."""

    table: pa.Table
    kind: Kind = "frame"


Spine = QuerySpine | FileSpine | FrameSpine


def read_spine(given: Any, manifest: Manifest, dialect: str, group: str | None = None) -> Spine:
    """What kind of spine the caller gave; a file must be there, a model known.

    Args:
        given: See the error's text.
        manifest: Names of models, seeds, snapshots and sources are looked up in it.
        dialect: sqlglot's name of the warehouse's.
        group: In whose name a private model is read.

    Raises:
        TrainingSetError: It is nothing of the kind.
    """
    if isinstance(given, Path) or (isinstance(given, str) and Path(given.strip()).suffix.lower() in FILE_SUFFIXES):
        return _file(Path(str(given).strip()))
    if isinstance(given, str):
        return _query(given.strip().rstrip(";").rstrip(), manifest, dialect, group)
    return FrameSpine(arrow_table(given, folds_case=dialect == "duckdb"))


def _file(path: Path) -> FileSpine:
    if path.suffix.lower() not in FILE_SUFFIXES:
        raise TrainingSetError(
            f"spine: expected a {' or '.join(FILE_SUFFIXES)} file, got {str(path)!r}",
            hint="Read other files yourself and give the data frame.",
        )
    if not path.is_file():
        raise TrainingSetError(f"spine: {path}: expected a file, got none", hint="The path is relative to here.")
    return FileSpine(path.absolute())


def _query(text: str, manifest: Manifest, dialect: str, group: str | None) -> QuerySpine:
    if not text:
        raise TrainingSetError(f"spine: expected {ACCEPTED}, got ''", hint="Name a model, or write its select.")
    if _NAME.fullmatch(text):
        node = _node(text, manifest)
        if (node.config.access or node.access) == "private" and (node.config.group or node.group) != group:
            raise TrainingSetError(
                f"spine: expected a model that is not private, or a request of its group, got {text!r} of group "
                f"{node.config.group or node.group!r}",
                hint="Set `access: protected` on it, or say the group (group=..., --group).",
            )
        relation = node.relation
        table = exp.table_(relation.identifier, db=relation.schema, catalog=relation.database, quoted=True)
        return QuerySpine("model", text, exp.select("*").from_(table).sql(dialect=dialect))
    if _RELATION.fullmatch(text):
        return QuerySpine("relation", text, exp.select("*").from_(exp.to_table(text)).sql(dialect=dialect))
    return QuerySpine("sql", text, text)


def _node(name: str, manifest: Manifest) -> Node:
    """The node of that name, the latest version of it; the root project's where several packages have one."""
    nodes = [node for node in manifest.nodes.values() if node.resource_type in _RESOURCE_TYPES]
    nodes += manifest.sources.values()
    named = [node for node in nodes if node.name == name and node.version == node.latest_version]
    named.sort(key=lambda node: node.package_name != manifest.metadata.project_name)
    if not named:
        raise TrainingSetError(
            f"spine: expected {ACCEPTED}, got {name!r}",
            hint="There is no such model in the manifest; a table that dbt does not know is named `schema.table`.",
        )
    return named[0]
