"""Which models and exposures `featurectl check` tells about, by `--select` and `--exclude`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from featurectl.errors import UnknownNameError
from featurectl.manifest import Relation
from featurectl.registry import Column, FeatureView, Freshness
from featurectl.rules import feature_view
from featurectl.rules.feature_view import is_feature_view
from featurectl.rules.service import is_feature_service
from featurectl.rules.training_set import is_training_set
from featurectl.selection.views import select_views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.manifest import Manifest, Node
    from featurectl.registry import Registry


def select_declared(
    manifest: Manifest, registry: Registry, select: Sequence[str], exclude: Sequence[str]
) -> set[str] | None:
    """Unique ids of what to tell about; None means everything.

    A view brings the training sets and services that use it; a training set or service its views; each of them the
    models that feed it and are no view. What is excluded goes alone. A view that cannot be read is selected as well.

    Raises:
        UnknownNameError: A selector means no view, training set or service.
    """
    if not select and not exclude:
        return None
    scope = _Scope.of(manifest, registry)
    wanted = set(scope.ids)
    if select:
        meant = scope.meant(select)
        wanted = meant | scope.parents_of(meant) | scope.users_of(meant)
    wanted -= scope.meant(exclude)
    return wanted | scope.feeding(wanted)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What can be named, and what depends on what.

    Attributes:
        views: Of the registry, and a stand-in for each that cannot be read.
        named: Unique ids of training sets and services by name.
    """

    manifest: Manifest
    views: tuple[FeatureView, ...]
    named: dict[str, str]
    ids: frozenset[str]

    @classmethod
    def of(cls, manifest: Manifest, registry: Registry) -> _Scope:
        readable = {view.unique_id for view in registry.views}
        broken = [
            _stand_in(node)
            for node in chain(manifest.nodes.values(), manifest.sources.values())
            if is_feature_view(node) and node.unique_id not in readable
        ]
        views = (*registry.views, *broken)
        named = {node.name: node.unique_id for node in manifest.models() if is_training_set(node)}
        services = {each.name: each.unique_id for each in manifest.exposures.values() if is_feature_service(each)}
        named |= services | {f"exposure:{name}": unique_id for name, unique_id in services.items()}
        return cls(manifest, views, named, frozenset({view.unique_id for view in views} | set(named.values())))

    def meant(self, selectors: Sequence[str]) -> set[str]:
        meant: set[str] = set()
        for selector in (part for text in selectors for part in text.split()):
            if selector in self.named:
                meant.add(self.named[selector])
                continue
            try:
                meant |= {view.unique_id for view in select_views(self.views, [selector], [], self.manifest)}
            except UnknownNameError as error:
                known = {view.name for view in self.views} | {view.reference_name for view in self.views}
                nearest = UnknownNameError(
                    "feature view, training set or service to select", selector, known | set(self.named)
                )
                raise nearest if str(nearest.hint).startswith("Did") else error from None
        return meant

    def parents_of(self, ids: set[str]) -> set[str]:
        """The training sets and views that the training sets and services among these are of."""
        named = ids & set(self.named.values())
        direct = {parent for each in named for parent in self._parents(each)} & self.ids
        return direct | (self.parents_of(direct) if direct - ids else set())

    def users_of(self, ids: set[str]) -> set[str]:
        """The training sets and services that are of these views, and the services of those training sets."""
        users = {each for each in self.named.values() if ids & set(self._parents(each))}
        return users | (self.users_of(users) if users - ids else set())

    def feeding(self, ids: set[str]) -> set[str]:
        """Everything upstream that is none of ours, as far as a view or training set that is not among these."""
        found: set[str] = set()
        ahead = list(ids)
        while ahead:
            for parent in self._parents(ahead.pop()):
                if parent not in self.ids and parent not in found:
                    found.add(parent)
                    ahead.append(parent)
        return found

    def _parents(self, unique_id: str) -> Sequence[str]:
        declared = self.manifest.nodes.get(unique_id) or self.manifest.exposures.get(unique_id)
        return declared.depends_on.nodes if declared else ()


def _stand_in(node: Node) -> FeatureView:
    """A view that cannot be read, as far as it can be selected: by name, version, tag and entity."""
    block = (node.config.meta or {}).get(feature_view.BLOCK)
    entity = block.get("entity") if isinstance(block, dict) else None
    return FeatureView(
        unique_id=node.unique_id,
        name=node.name,
        version=node.version if isinstance(node.version, int) else 0,
        is_latest=True,
        package=node.package_name,
        description="",
        path=node.original_file_path,
        relation=Relation(None, "", node.name),
        materialized="",
        entity=entity if isinstance(entity, str) else "",
        columns=(),
        join_keys=(),
        event_timestamp=Column("", ""),
        created_timestamp=None,
        tombstone=None,
        features=(),
        ttl_seconds=None,
        online=False,
        defaults={},
        freshness=Freshness(),
        lookback_seconds=0,
        loaded_at=None,
        owner=None,
        access="",
        tags=tuple(node.tags),
        deprecation_date=None,
        compiled_code=None,
        depends_on=tuple(node.depends_on.nodes),
    )
