"""The registry of a manifest: every declaration judged and built, all problems found in one run."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from featurectl.errors import MetadataError
from featurectl.registry import Entity, FeatureService, Registry, TrainingSet
from featurectl.rules.across_views import check_across_views
from featurectl.rules.feature_view import is_feature_view, read_feature_view
from featurectl.rules.finding import Finding, Place
from featurectl.rules.index import check_indexes
from featurectl.rules.service import Parents, is_feature_service, known_views, read_service
from featurectl.rules.service_guard import check_services
from featurectl.rules.table import is_acceptable
from featurectl.rules.training_set import is_training_set, read_training_set

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.manifest import Manifest
    from featurectl.registry import FeatureView

Named = TypeVar("Named", TrainingSet, FeatureService)


def read_registry(manifest: Manifest) -> Registry:
    """What the manifest declares about features.

    Raises:
        MetadataError: Lists every declaration that cannot be read, a line each.
    """
    registry, findings = inspect(manifest)
    errors = [finding for finding in findings if finding.severity == "error" and not is_acceptable(finding.rule)]
    if errors:
        count = f"{len(errors)} problems" if len(errors) > 1 else "1 problem"
        lines = "\n".join(f"  {error}" + (f"\n    {error.hint}" if error.hint else "") for error in errors)
        raise MetadataError(
            f"{count} in the project's feature metadata:\n{lines}",
            hint="Fix them, run `dbt parse`, then `featurectl check`.",
        )
    return registry


def inspect(manifest: Manifest) -> tuple[Registry, list[Finding]]:
    """The declarations without errors, and every finding, ordered by file, node and order of discovery."""
    judge = _Judge(manifest)
    views = judge.views()
    training_sets = judge.training_sets(views)
    services = judge.services(views, training_sets)
    findings = [
        *judge.findings,
        *check_across_views(views, manifest.nodes),
        *check_services(manifest, services, training_sets, views),
        *check_indexes(manifest, views),
    ]
    metadata = manifest.metadata
    registry = Registry(
        project=metadata.project_name or "",
        adapter_type=metadata.adapter_type or "",
        generated_at=metadata.generated_at,
        invocation_id=metadata.invocation_id,
        dbt_version=metadata.dbt_version,
        views=tuple(views),
        entities=_entities(views),
        training_sets=tuple(training_sets),
        services=tuple(services),
    )
    return registry, sorted(findings, key=lambda finding: (finding.path, finding.node))


class _Judge:
    """Reads declarations in the order they build on each other; remembers which are broken."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.findings: list[Finding] = []
        self.broken: set[str] = set()

    def views(self) -> list[FeatureView]:
        views = []
        for node in chain(self.manifest.nodes.values(), self.manifest.sources.values()):
            if is_feature_view(node):
                place = Place.of(node)
                view = read_feature_view(node, place)
                self._close(place, node.unique_id)
                if view is not None:
                    views.append(view)
        return sorted(views, key=lambda view: (view.name, view.version, view.unique_id))

    def training_sets(self, views: list[FeatureView]) -> list[TrainingSet]:
        training_sets = []
        for node in self.manifest.models():
            if is_training_set(node):
                place = Place.of(node)
                known = known_views(node.depends_on.nodes, views, self.broken, self.manifest.nodes)
                training_set = read_training_set(node, place, known)
                self._close(place, node.unique_id)
                if training_set is None:
                    self.broken.add(node.unique_id)
                else:
                    training_sets.append(training_set)
        return self._named_once(training_sets)

    def services(self, views: list[FeatureView], training_sets: list[TrainingSet]) -> list[FeatureService]:
        by_id = {training_set.unique_id: training_set for training_set in training_sets}
        parents = Parents(views, by_id, self.broken, self.manifest.nodes)
        services = []
        for exposure in self.manifest.exposures.values():
            if is_feature_service(exposure):
                place = Place.of(exposure)
                service = read_service(exposure, place, parents)
                self._close(place, exposure.unique_id)
                if service is not None:
                    services.append(service)
        return self._named_once(services)

    def _close(self, place: Place, unique_id: str) -> None:
        self.findings.extend(place.findings)
        if place.is_broken:
            self.broken.add(unique_id)

    def _named_once(self, declared: list[Named]) -> list[Named]:
        """Sorted by name; of several with one name (in several packages) the later ones are reported."""
        kept: dict[str, Named] = {}
        for thing in sorted(declared, key=lambda thing: (thing.name, thing.unique_id)):
            first = kept.setdefault(thing.name, thing)
            if first is not thing:
                place = Place(thing.name, thing.path, unique_id=thing.unique_id)
                place.expected("duplicate-name", "name", f"another name than that of {first.unique_id}", thing.name)
                self._close(place, thing.unique_id)
        return list(kept.values())


def _entities(views: Iterable[FeatureView]) -> tuple[Entity, ...]:
    of_entity: defaultdict[str, list[FeatureView]] = defaultdict(list)
    for view in views:
        of_entity[view.entity].append(view)
    return tuple(
        Entity(
            name=name,
            join_keys=tuple(sorted({tuple(column.name for column in view.join_keys) for view in members})),
            views=tuple(sorted(view.reference_name for view in members)),
        )
        for name, members in sorted(of_entity.items())
    )
