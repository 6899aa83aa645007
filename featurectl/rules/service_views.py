"""The views that a feature service reads: none is private to others, none is at the end of its life."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from featurectl.rules.finding import Place
from featurectl.rules.service import KEY as SERVICE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.manifest import Exposure, Manifest
    from featurectl.registry import FeatureService, FeatureView, PinnedFeature, Registry
    from featurectl.rules.finding import Finding


def check_service_views(manifest: Manifest, registry: Registry, as_of: datetime) -> list[Finding]:
    """Findings at the services; at a training set for its deprecated views where no service stands behind it.

    Args:
        as_of: The instant that counts as now, aware.
    """
    findings: list[Finding] = []
    for service in registry.services:
        place = Place.of(manifest.exposures[service.unique_id])
        key = "depends_on" if service.training_set else f"{SERVICE_KEY}.features"
        for view in views_of(service.features, registry.views):
            _check_access(place, key, view, service, manifest, registry)
            _check_deprecation(place, key, view, registry.views, as_of, is_served=True)
        findings += place.findings
    served = {service.training_set for service in registry.services}
    for training_set in registry.training_sets:
        if training_set.name not in served:
            place = Place.of(manifest.nodes[training_set.unique_id])
            for view in views_of(training_set.features, registry.views):
                _check_deprecation(
                    place, "config.meta.training_set.features", view, registry.views, as_of, is_served=False
                )
            findings += place.findings
    return findings


def views_of(features: Iterable[PinnedFeature], views: Sequence[FeatureView]) -> list[FeatureView]:
    """The views that the features are of, each once, in the registry's order."""
    used = {(feature.view, feature.version) for feature in features}
    return [view for view in views if (view.name, view.version) in used]


def _check_access(
    place: Place, key: str, view: FeatureView, service: FeatureService, manifest: Manifest, registry: Registry
) -> None:
    """A private view is for its group; a service is the group's if it has the group's owner, and no public training set."""
    if view.access != "private":
        return
    training_set = next((each for each in registry.training_sets if each.name == service.training_set), None)
    is_public = training_set is not None and training_set.access == "public"
    if not is_public and _is_of_group(manifest.exposures[service.unique_id], view.owner, manifest):
        return
    got = f"the public training set {service.training_set!r}" if is_public else f"the owner {service.owner!r}"
    place.warn(
        "private-view",
        f"{key}: expected a service of the group {view.owner!r}, to which {view.reference_name!r} is private, got {got}",
        f"Give {view.reference_name!r} `access: protected`, or the service the owner of the group.",
    )


def _is_of_group(exposure: Exposure, group_name: str | None, manifest: Manifest) -> bool:
    """Whether the exposure has the name or an address of the group's owner."""
    owners = [group.owner for group in manifest.groups.values() if group.name == group_name]
    names = {exposure.owner.name} - {None}
    mails = _mails(exposure.owner.email)
    return any(owner.name in names or mails & _mails(owner.email) for owner in owners)


def _mails(email: str | list[str] | None) -> set[str]:
    return {email} if isinstance(email, str) else set(email or ())


def _check_deprecation(
    place: Place, key: str, view: FeatureView, views: Sequence[FeatureView], as_of: datetime, *, is_served: bool
) -> None:
    ends = deprecated_at(view)
    if ends is None:
        return
    later = [each for each in views if each.name == view.name and each.version > view.version]
    best = max(later, key=lambda each: (each.is_latest, each.version), default=None)
    owner = f"the owner {view.owner!r}" if view.owner else "whoever maintains it"
    hint = f"Move to `{best.reference_name}`." if best else f"Ask {owner} what follows it."
    message = f"{key}: expected a view with a future, got {view.reference_name!r}"
    if ends <= as_of and is_served:
        place.error("deprecated", f"{message}, deprecated since {ends.date()}", hint)
    else:
        verb = "deprecated from" if ends > as_of else "deprecated since"
        place.warn("deprecation", f"{message}, {verb} {ends.date()}", hint)


def deprecated_at(view: FeatureView) -> datetime | None:
    """The view's deprecation date as an aware instant; None without one, or with one that is no ISO date."""
    try:
        ends = datetime.fromisoformat(view.deprecation_date or "")
    except ValueError:
        return None
    return ends if ends.tzinfo else ends.replace(tzinfo=UTC)
