"""What a selector can name: feature views, and with a manifest the models, sources and exposures around them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.manifest import Exposure, Manifest, Node
    from featurectl.registry import FeatureView

METHODS = ("entity", "exposure", "file", "fqn", "group", "owner", "package", "path", "resource_type", "source", "tag")
_NOT_SELECTED = frozenset({"test", "unit_test", "analysis", "operation", "sql_operation"})


@dataclass(frozen=True, slots=True)
class Selectable:
    """One node, and the texts by which each method finds it."""

    unique_id: str
    depends_on: Sequence[str]
    texts: dict[str, tuple[str, ...]]
    is_view: bool = False

    def of(self, method: str, *, short: bool = False) -> tuple[str, ...]:
        """The texts that a method compares; short leaves out the longer forms of names, as a suggestion should."""
        texts = self.texts.get(method, ())
        return tuple(text for text in texts if "." not in text) if short and method == "fqn" else texts


def selectables(views: Sequence[FeatureView], manifest: Manifest | None) -> list[Selectable]:
    """The views first, in their order, then the manifest's other nodes."""
    nodes = {} if manifest is None else {**manifest.nodes, **manifest.sources}
    found = {view.unique_id: _view(view, nodes.get(view.unique_id)) for view in views}
    for unique_id, node in nodes.items():
        if unique_id not in found and node.resource_type not in _NOT_SELECTED:
            found[unique_id] = _node(node)
    if manifest is not None:
        found |= {unique_id: _exposure(exposure) for unique_id, exposure in manifest.exposures.items()}
    return list(found.values())


def _view(view: FeatureView, node: Node | None) -> Selectable:
    names = (view.name, view.reference_name, *((f"{view.name}.v{view.version}",) if view.version else ()))
    path = node.original_file_path if node else view.path
    texts = {
        "fqn": (*names, *_folders(node.fqn if node else [view.package])),
        "tag": view.tags,
        "entity": (view.entity,),
        "group": (view.owner,) if view.owner else (),
        "owner": (view.owner,) if view.owner else (),
        "resource_type": ("model",),
        **_places(path, view.package),
    }
    return Selectable(view.unique_id, view.depends_on, texts, is_view=True)


def _node(node: Node) -> Selectable:
    owner = node.config.group or node.group
    texts = {
        "fqn": (node.name, *_folders(node.fqn)),
        "tag": tuple(node.tags),
        "group": (owner,) if owner else (),
        "owner": (owner,) if owner else (),
        "resource_type": (node.resource_type,),
        **_places(node.original_file_path, node.package_name),
    }
    if node.resource_type == "source":
        source, _, table = node.unique_id.split(".", 2)[-1].partition(".")
        texts |= {"source": (source, f"{source}.{table}", f"{node.package_name}.{source}.{table}")}
    return Selectable(node.unique_id, node.depends_on.nodes, texts)


def _exposure(exposure: Exposure) -> Selectable:
    owner = exposure.owner.name
    texts = {
        "fqn": (exposure.name,),
        "exposure": (exposure.name,),
        "tag": tuple(exposure.tags),
        "owner": (owner,) if owner else (),
        "resource_type": ("exposure",),
        **_places(exposure.original_file_path, exposure.package_name),
    }
    return Selectable(exposure.unique_id, exposure.depends_on.nodes, texts)


def _folders(fqn: Iterable[str]) -> tuple[str, ...]:
    """``shop.marts.orders``, and what selects it with the rest of its folder: ``shop``, ``shop.marts``, ``marts`` ..."""
    parts = list(fqn)
    whole = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return (*whole, *(".".join(parts[1:end]) for end in range(2, len(parts) + 1)))


def _places(path: str, package: str) -> dict[str, tuple[str, ...]]:
    place = PurePosixPath(path.replace("\\", "/"))
    folders = tuple(str(folder) for folder in place.parents if str(folder) != ".")
    return {"path": (str(place), *folders), "file": (place.name, place.stem), "package": (package,)}
