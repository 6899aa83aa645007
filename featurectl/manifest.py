"""dbt's target/manifest.json (schema v12) as plain, tolerant data; dbt itself is never imported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA_VERSION = 12


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view in the warehouse, unquoted; database is None where the engine has no such level."""

    database: str | None
    schema: str
    identifier: str

    def __str__(self) -> str:
        """The parts joined by dots, for people; SQL is built with quoted identifiers."""
        return ".".join(part for part in (self.database, self.schema, self.identifier) if part)


class Metadata(msgspec.Struct, frozen=True, gc=False):
    """Who wrote the manifest, when and for which project."""

    dbt_schema_version: str
    dbt_version: str = ""
    generated_at: str = ""
    invocation_id: str = ""
    project_name: str | None = None
    adapter_type: str | None = None


class Contract(msgspec.Struct, frozen=True, gc=False):
    """Whether dbt enforces the declared columns."""

    enforced: bool | None = False


class ColumnConfig(msgspec.Struct, frozen=True, gc=False):
    """The rendered configuration of a column; the column's own `meta` beside it is the model's in dbt 2."""

    meta: dict[str, Any] | None = None


class NodeColumn(msgspec.Struct, frozen=True, gc=False):
    """A column as declared in YAML; its order in the mapping is the contract's order."""

    name: str
    data_type: str | None = None
    description: str | None = None
    constraints: Any = None
    config: ColumnConfig | None = None


class NodeConfig(msgspec.Struct, frozen=True, gc=False):
    """The rendered configuration of a node."""

    materialized: str | None = None
    meta: dict[str, Any] | None = None
    event_time: Any = None
    contract: Contract | None = None
    group: str | None = None
    access: str | None = None
    on_schema_change: str | None = None
    indexes: Any = None
    incremental_strategy: str | None = None
    batch_size: Any = None
    freshness: Any = None


class TestMetadata(msgspec.Struct, frozen=True, gc=False):
    """Which generic test a test node calls, with which arguments."""

    name: str
    namespace: str | None = None
    kwargs: dict[str, Any] = {}


class DependsOn(msgspec.Struct, frozen=True, gc=False):
    """Unique ids of the parents, in the order of the references."""

    nodes: list[str] = []


class Node(msgspec.Struct, frozen=True, gc=False):
    """A model, seed, snapshot, source or test; only what the registry reads."""

    unique_id: str
    name: str
    resource_type: str
    package_name: str
    original_file_path: str
    patch_path: str | None = None
    fqn: list[str] = []
    database: str | None = None
    schema: str | None = None
    alias: str | None = None
    identifier: str | None = None
    language: str | None = None
    description: str | None = None
    config: NodeConfig = NodeConfig()
    meta: dict[str, Any] | None = None
    columns: dict[str, NodeColumn] = {}
    depends_on: DependsOn = DependsOn()
    group: str | None = None
    access: str | None = None
    tags: list[str] = []
    version: Any = None
    latest_version: Any = None
    deprecation_date: str | None = None
    compiled_code: str | None = None
    constraints: Any = None
    test_metadata: TestMetadata | None = None
    column_name: str | None = None
    attached_node: str | None = None

    @property
    def relation(self) -> Relation:
        """Where the node lives in the warehouse of the target that parsed it."""
        return Relation(self.database, self.schema or "", self.identifier or self.alias or self.name)

    @property
    def deprecated_from(self) -> str | None:
        """The deprecation date, as written in YAML: dbt-core adds midnight in the zone it happens to run in."""
        if self.deprecation_date is None:
            return None
        return re.sub(r"[T ]00:00:00(\.0+)?(Z|[+-]\d\d:?\d\d)?$", "", self.deprecation_date)

    @property
    def declared_in(self) -> str:
        """The file to edit: the YAML file that describes the node, else the node's own."""
        return self.patch_path.split("://", 1)[-1] if self.patch_path else self.original_file_path

    @property
    def label(self) -> str:
        """The node as findings name it: ``name`` or ``name@v2``."""
        return self.name if self.version is None else f"{self.name}@v{self.version}"


class ExposureConfig(msgspec.Struct, frozen=True, gc=False):
    """The rendered configuration of an exposure."""

    meta: dict[str, Any] | None = None


class Owner(msgspec.Struct, frozen=True, gc=False):
    """Who answers for an exposure or a group."""

    name: str | None = None
    email: str | list[str] | None = None


class Exposure(msgspec.Struct, frozen=True, gc=False):
    """A consumer of models, declared in YAML."""

    unique_id: str
    name: str
    package_name: str
    original_file_path: str
    type: str | None = None
    description: str | None = None
    owner: Owner = Owner()
    meta: dict[str, Any] | None = None
    config: ExposureConfig = ExposureConfig()
    depends_on: DependsOn = DependsOn()
    tags: list[str] = []

    @property
    def declared_in(self) -> str:
        """The file to edit."""
        return self.original_file_path

    @property
    def label(self) -> str:
        """The exposure as findings name it."""
        return self.name


class Group(msgspec.Struct, frozen=True, gc=False):
    """A dbt group: the owner of models."""

    name: str
    owner: Owner = Owner()


class Manifest(msgspec.Struct, frozen=True, gc=False):
    """What dbt knows of a project, by unique id."""

    metadata: Metadata
    nodes: dict[str, Node]
    sources: dict[str, Node] = {}
    exposures: dict[str, Exposure] = {}
    groups: dict[str, Group] = {}

    def models(self) -> Iterable[Node]:
        """The models, in the manifest's order."""
        return (node for node in self.nodes.values() if node.resource_type == "model")


class _Header(msgspec.Struct, frozen=True, gc=False):
    metadata: Metadata


_DECODER = msgspec.json.Decoder(Manifest)
_PARSE_HINT = "Run `dbt parse` (or `dbt build`) in the project first."


def read_manifest(path: Path) -> Manifest:
    """Read a manifest file.

    Raises:
        ProjectError: The file is absent, is no whole JSON, is no manifest, or is of another schema version.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise ProjectError(f"{path}: expected dbt's manifest, got no such file", hint=_PARSE_HINT) from None
    except OSError as error:
        raise ProjectError(f"{path}: expected a readable file, got {error.strerror}", hint=_PARSE_HINT) from error
    try:
        manifest = _DECODER.decode(text)
    except msgspec.ValidationError as error:
        _require_schema_version(path, _stated_version(path, text))
        raise ProjectError(
            f"{path}: expected a dbt manifest of schema v{SCHEMA_VERSION}, got {error}", hint=_PARSE_HINT
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{path}: expected JSON, got {_broken_at(text, error)}",
            hint="Was dbt stopped while it wrote? Run `dbt parse` again.",
        ) from None
    _require_schema_version(path, manifest.metadata.dbt_schema_version)
    return manifest


def require_compiled(manifest: Manifest, unique_ids: Iterable[str]) -> None:
    """Refuse nodes without compiled SQL, as `dbt parse` leaves them.

    Raises:
        ProjectError: Names the first one.
    """
    for unique_id in unique_ids:
        node = manifest.nodes[unique_id]
        if node.compiled_code is None:
            raise ProjectError(
                f"{node.original_file_path}: {node.name}: expected compiled code in the manifest, got none",
                hint="The manifest is of `dbt parse`, or of a run that did not select it: run `dbt build`.",
            )


def _broken_at(text: bytes, error: Exception) -> str:
    if not text.strip():
        return "an empty file"
    found = re.search(r"\(byte (\d+)\)", str(error))
    if found and int(found[1]) < len(text):  # a number that is cut after its point is malformed at the end
        return f"something else at byte {found[1]}"
    if isinstance(error, UnicodeDecodeError):
        return "bytes that are no UTF-8"
    return f"an end at byte {len(text)}, in the middle of a value"


def _stated_version(path: Path, text: bytes) -> str:
    try:
        return msgspec.json.decode(text, type=_Header).metadata.dbt_schema_version
    except msgspec.ValidationError:
        raise ProjectError(
            f"{path}: expected a dbt manifest, got JSON without `metadata.dbt_schema_version`", hint=_PARSE_HINT
        ) from None


def _require_schema_version(path: Path, stated: str) -> None:
    found = re.search(r"/manifest/v(\d+)\.json$", stated)
    if found is None:
        raise ProjectError(f"{path}: expected a dbt manifest, got {stated!r}", hint=_PARSE_HINT)
    if int(found[1]) != SCHEMA_VERSION:
        raise ProjectError(
            f"{path}: expected manifest schema v{SCHEMA_VERSION}, got v{found[1]}",
            hint="Use dbt 1.8 or newer, as this version of featurectl reads it.",
        )
