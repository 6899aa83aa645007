"""Which SQL a view is made of, as far as a manifest tells without compiling: file checksums of it and its ancestors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path


class _Checksum(msgspec.Struct, frozen=True):
    checksum: str = ""


class _DependsOn(msgspec.Struct, frozen=True):
    nodes: list[str] = []


class _Node(msgspec.Struct, frozen=True):
    resource_type: str
    checksum: _Checksum | None = None
    depends_on: _DependsOn = _DependsOn()


class _Manifest(msgspec.Struct, frozen=True):
    nodes: dict[str, _Node]


def source_code(manifest_path: Path) -> dict[str, dict[str, str]]:
    """Model's unique id to the checksum of every model, seed and snapshot it is made from, itself included, by name.

    Raises:
        ProjectError: The file is no manifest.
    """
    try:
        nodes = msgspec.json.decode(manifest_path.read_bytes(), type=_Manifest).nodes
    except (OSError, msgspec.DecodeError) as error:
        raise ProjectError(
            f"{manifest_path}: expected a dbt manifest, got {error}", hint="Run `dbt parse` first."
        ) from error
    models = [unique_id for unique_id, node in nodes.items() if node.resource_type == "model"]
    return {unique_id: _closure(nodes, unique_id) for unique_id in models}


def _closure(nodes: dict[str, _Node], unique_id: str) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting, seen = [unique_id], {unique_id}
    while waiting:
        at = waiting.pop()
        node = nodes.get(at)
        if node is None:  # a source has no SQL
            continue
        if node.checksum is not None:
            found[at.split(".", 2)[-1]] = node.checksum.checksum
        new = set(node.depends_on.nodes) - seen
        seen |= new
        waiting += new
    return found
