"""The YAML that makes a model a feature view, as text to paste into its properties file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from featurectl.errors import ProjectError, UnknownNameError
from featurectl.rules.types import is_date, is_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from featurectl.manifest import Manifest, Node

WHEN = "when the values became true"
_KEY_SUFFIXES = ("_id", "_key", "_uuid")


class _Column(msgspec.Struct, frozen=True):
    name: str
    type: str = ""
    index: int = 0


class _Table(msgspec.Struct, frozen=True):
    columns: dict[str, _Column] = {}


class _Catalog(msgspec.Struct, frozen=True):
    nodes: dict[str, _Table]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The roles of a view's columns, as far as they are said; the others are guessed from names and types."""

    model: str
    entity: str | None = None
    join_keys: tuple[str, ...] = ()
    event_timestamp: str | None = None


def feature_view_yaml(manifest: Manifest, catalog_path: Path, wanted: Wanted) -> str:
    """The model with event time, contract, feature_view block, tests and the type of every column.

    Names and types are those of the built table (catalog.json), else of the model's own YAML. What had to be guessed has a comment.

    Raises:
        UnknownNameError: No such model, or no such column.
        ProjectError: Neither file says which columns the model has.
    """
    models = {node.name: node for node in manifest.models() if node.package_name == manifest.metadata.project_name}
    node = models.get(wanted.model)
    if node is None:
        raise UnknownNameError("model", wanted.model, models)
    types = _column_types(node, catalog_path)
    for name in (*wanted.join_keys, *([wanted.event_timestamp] if wanted.event_timestamp else [])):
        if name not in types:
            raise UnknownNameError(f"column of {node.name}", name, types)
    keys = list(wanted.join_keys) or _guessed_keys(types, wanted.entity)
    event = wanted.event_timestamp or next(iter(_of_type(types, is_timestamp)), None)
    days = [] if event else _of_type(types, is_date)
    what = (
        f"a timestamp; {days[0]} is a date, the start of its day: cast it to the day's end in a model" if days else WHEN
    )
    entity = wanted.entity or (keys[0].rpartition("_")[0] if keys else None)
    lines = [
        "models:",
        f"  - name: {node.name}",
        "    config:",
        f"      event_time: {_said(event, guessed=not wanted.event_timestamp, what=what)}",
        "      contract: {enforced: true}",
        "      meta:",
        "        feature_view:",
        f"          entity: {_said(entity, guessed=not wanted.entity, what='what the features describe')}",
        f"          join_keys: {_said(_flow(keys), guessed=not wanted.join_keys, what='the columns that identify it')}",
        "          # ttl: {count: 30, period: day}   # older values are not served; leave it out for never",
        "          # created_timestamp: ...          # when a row could first be known, if that is later",
        "    data_tests:",
        "      - featurectl.unique_feature_rows",
        "    columns:",
    ]
    for name, data_type in types.items():
        lines += [f"      - name: {_scalar(name)}", f"        data_type: {_scalar(data_type)}"]
        if name in keys or name == event:
            lines.append("        data_tests: [not_null]")
    return "\n".join(lines)


def declared_in(manifest: Manifest, model: str) -> str | None:
    """The YAML file that has an entry of the model already: dbt takes one entry a model."""
    return next((node.declared_in for node in manifest.models() if node.name == model and node.patch_path), None)


def _guessed_keys(types: dict[str, str], entity: str | None) -> list[str]:
    names = [name for name in types if name.lower().endswith(_KEY_SUFFIXES)]
    of_entity = [name for name in names if entity and name.lower().startswith(f"{entity.lower()}_")]
    return (of_entity or names)[:1]


def _of_type(types: dict[str, str], is_one: Callable[[str], bool]) -> list[str]:
    return [name for name, data_type in types.items() if is_one(data_type)]


def _column_types(node: Node, catalog_path: Path) -> dict[str, str]:
    """Type by column, in the table's order."""
    try:
        catalog = msgspec.json.decode(catalog_path.read_bytes(), type=_Catalog)
    except FileNotFoundError:
        catalog = _Catalog({})
    except (OSError, msgspec.DecodeError) as error:
        raise ProjectError(
            f"{catalog_path}: expected dbt's catalog, got {error}", hint="Run `dbt docs generate` again."
        ) from error
    table = catalog.nodes.get(node.unique_id)
    if table is not None and table.columns:
        columns = sorted(table.columns.values(), key=lambda column: column.index)
        return {column.name: column.type.lower() for column in columns}
    declared = {column.name: column.data_type for column in node.columns.values() if column.data_type}
    if not declared or len(declared) < len(node.columns):
        raise ProjectError(
            f"{catalog_path}: {node.name}: expected the columns of the built model, got none",
            hint="Run `dbt build` and `dbt docs generate` first: their types are read from there.",
        )
    return declared


def _said(value: str | None, *, guessed: bool, what: str) -> str:
    if not value or value == "[]":
        return f"...  # TODO: {what}"
    return f"{value}  # guessed: {what}" if guessed else value


def _flow(names: list[str]) -> str:
    return f"[{', '.join(map(_scalar, names))}]"


def _scalar(text: str) -> str:
    """Plain where YAML takes it so, even inside a flow list."""
    return text if text.replace("_", "").replace(" ", "").isalnum() and text[0].isalpha() else json.dumps(text)
