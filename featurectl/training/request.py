"""What is asked for: features resolved to pinned features of registered views, and who may have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from featurectl.errors import TrainingSetError, UnknownNameError
from featurectl.references import clashes, expand, find_view
from featurectl.rules.feature_list import JOIN_KEYS_HINT, read_items
from featurectl.rules.finding import Place

if TYPE_CHECKING:
    from featurectl.registry import FeatureView, PinnedFeature, Registry

_CALL = "training_set"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One feature asked for, with the view that has it."""

    view: FeatureView
    feature: PinnedFeature


@dataclass(frozen=True, slots=True)
class Request:
    """A training set as asked for, apart from its spine.

    Attributes:
        features: Expanded and pinned, in output order; never empty, their output names all different.
        service: Name of the feature service they come from, or None.
        group: dbt group that asks; None means none.
    """

    features: tuple[Wanted, ...]
    event_timestamp: str
    known_at_cutoff: bool = True
    service: str | None = None
    group: str | None = None

    @property
    def views(self) -> tuple[FeatureView, ...]:
        """The views used, each once, in the order of first use."""
        return tuple({wanted.view.unique_id: wanted.view for wanted in self.features}.values())

    def contract(self) -> dict[str, str]:
        """Output column to the type that its view's contract declares."""
        types = {(view.unique_id, column.name): column.data_type for view in self.views for column in view.features}
        return {each.feature.output_name: types[each.view.unique_id, each.feature.feature] for each in self.features}

    def items(self) -> list[dict[str, Any]]:
        """The features as the `training_set` macro takes them: one mapping for a run of features of one view."""
        items: list[dict[str, Any]] = []
        for wanted in self.features:
            feature = wanted.feature
            item: dict[str, Any] = {
                "view": wanted.view.reference_name,
                "package": wanted.view.package,
                "join_keys": dict(feature.join_keys),
                "prefix": feature.output_name.removesuffix(feature.feature),
            }
            if items and {**items[-1], "features": None} == {**item, "features": None}:
                items[-1]["features"].append(feature.feature)
            else:
                items.append({**item, "features": [feature.feature]})
        return items


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in the caller's words.

    Attributes:
        features: References (``view:feature``, ``view:*``, ``view@v2:feature``) and mappings, as the macro takes them,
            or the name of a feature service.
        join_keys: View's key column to spine column, for every item that does not say otherwise.
        group: dbt group in whose name private views are read; a service brings that of its training set.
    """

    features: str | Sequence[str | Mapping[str, Any]]
    event_timestamp: str
    join_keys: Mapping[str, str] = field(default_factory=dict)
    known_at_cutoff: bool = True
    group: str | None = None


def resolve(asked: Asked, registry: Registry) -> Request:
    """The request, every name looked up.

    Raises:
        TrainingSetError: An argument is of another type, the list is empty or malformed, output names clash, or a view is
            private to another group.
        UnknownNameError: No such service, view, version, feature or join key.
    """
    _require_types(asked)
    if isinstance(asked.features, str):
        wanted, group = _of_service(asked.features, registry, asked.join_keys)
        service = asked.features
    else:
        wanted, group, service = _of_list(list(asked.features), registry, asked.join_keys), None, None
    _require_different_names(wanted)
    request = Request(tuple(wanted), asked.event_timestamp, asked.known_at_cutoff, service, asked.group or group)
    _require_access(request)
    return request


def _require_types(asked: Asked) -> None:
    """Callers of Python are told of a wrong argument by its name, whatever they gave."""
    problems: dict[str, str | None] = {}

    def expected(argument: str, rule: str, hint: str) -> None:
        problems[f"{argument}: expected {rule}, got {getattr(asked, argument)!r}"] = hint

    if not isinstance(asked.event_timestamp, str) or not asked.event_timestamp.strip():
        expected("event_timestamp", "the name of a column of the spine", "Name the one that says when: 'scheduled_at'.")
    if not isinstance(asked.features, Sequence) or isinstance(asked.features, bytes):
        expected(
            "features",
            "a list of references and mappings, or the name of a feature service",
            "Write ['view:feature', 'other_view:*'], also for a single one.",
        )
    if not isinstance(asked.join_keys, Mapping) or not all(
        isinstance(name, str) and name for pair in asked.join_keys.items() for name in pair
    ):
        expected("join_keys", "a mapping of a view's key to a column of the spine", JOIN_KEYS_HINT)
    if not isinstance(asked.known_at_cutoff, bool):
        expected("known_at_cutoff", "True or False", "Only False also counts rows that were not known yet.")
    if asked.group is not None and (not isinstance(asked.group, str) or not asked.group):
        expected("group", "the name of a dbt group, or None", "Name the group that owns the private views, or none.")
    if problems:
        raise TrainingSetError.of(problems)


def _of_service(name: str, registry: Registry, join_keys: Mapping[str, str]) -> tuple[list[Wanted], str | None]:
    if ":" in name:
        raise TrainingSetError(
            f"features: expected a list of references or the name of a feature service, got {name!r}",
            hint=f"Write features=[{name!r}], also for a single reference.",
        )
    if join_keys:
        raise TrainingSetError(
            f"join_keys: expected none with a feature service, got {dict(join_keys)!r}",
            hint="A service brings its own; rename the spine's columns to those of its training set.",
        )
    service = next((service for service in registry.services if service.name == name), None)
    if service is None:
        raise UnknownNameError("feature service", name, [service.name for service in registry.services])
    group = next((each.owner for each in registry.training_sets if each.name == service.training_set), None)
    wanted = [
        Wanted(find_view(registry.views, feature.view, feature.version or None), feature)
        for feature in service.features
    ]
    return wanted, group


def _of_list(features: list[Any], registry: Registry, join_keys: Mapping[str, str]) -> list[Wanted]:
    place = Place(_CALL, "request")
    entries = [dict(entry) if hasattr(entry, "items") else entry for entry in features]
    items = read_items(place, "features", entries)
    if place.findings:
        raise TrainingSetError.of({finding.message: finding.hint for finding in place.findings})
    wanted = []
    used: set[str] = set()
    for _, item in items:
        view = find_view(registry.views, item.view, item.version, item.package)
        wanted += [Wanted(view, feature) for feature in expand(item, view, join_keys)]
        used |= {column.name for column in view.join_keys}
    for key in join_keys:
        if key not in used:
            raise UnknownNameError("join key of the views asked for", key, used)
    return wanted


def _require_different_names(wanted: Sequence[Wanted]) -> None:
    problems: dict[str, str | None] = {}
    for first, later in clashes(each.feature for each in wanted):
        view = later.reference.partition(":")[0]
        problems[
            f"features: expected different output columns, got {later.output_name!r} of both {first.reference} and "
            f"{later.reference}"
        ] = (
            f"Give one a prefix: {{'view': '{view}', 'features': ['{later.feature}'], 'prefix': '{later.view}__'}}, "
            "in Python or in a training_set model; in a shell ask for one of them."
        )
    if problems:
        raise TrainingSetError.of(problems)


def _require_access(request: Request) -> None:
    """Done here, for dbt does not enforce `access: private` on SQL that is compiled inline."""
    asks = f"group {request.group!r}" if request.group else "no group"
    problems: dict[str, str | None] = {
        f"{view.reference_name}: expected a view that is not private, or a request of its group {view.owner!r}, "
        f"got access 'private' and {asks}": f"Ask {view.owner} to set `access: protected` on the model, or, if you are one of "
        f"them, say group={view.owner!r} (--group {view.owner})."
        for view in request.views
        if view.access == "private" and view.owner != request.group
    }
    if problems:
        raise TrainingSetError.of(problems)
