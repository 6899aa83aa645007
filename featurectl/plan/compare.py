"""The one definition of what has changed between two descriptions, and of what is breaking (docs/plan.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.plan.changes import Breaking, Change, Detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from featurectl.plan.changes import Action, Kind
    from featurectl.plan.description import DescribedList, DescribedView, Description, ViewKey
    from featurectl.registry import PinnedFeature

_VIEW_FACTS = (
    *("entity", "ttl_seconds", "description", "owner", "access", "deprecation_date", "is_latest"),
    "retired_at",
)


def compare(before: Description, after: Description) -> tuple[Change, ...]:
    """What would be different if `after` took the place of `before`.

    What is retired in `before` and named no more in `after` is no difference: it has been removed already.
    """
    return (*_views(before, after), *_services(before, after), *_training_sets(before, after))


def view_details(before: Description, after: Description, key: ViewKey) -> tuple[Detail, ...]:
    """What is different about a view that both sides have; nothing where one has not."""
    old, new = before.views.get(key), after.views.get(key)
    if old is None or new is None:
        return ()
    users = _Users(before, after)
    details = [
        *_join_keys(old, new, users),
        *_features(old, new, users),
        *_online(old, new, users),
        *_facts(old, new, _VIEW_FACTS),
        *_mapping("defaults", old.defaults, new.defaults),
    ]
    if old.roles is not None and new.roles is not None:
        details += _mapping("roles", old.roles, new.roles)
    if old.code is not None and new.code is not None:
        models = sorted(name for name in old.code.keys() | new.code.keys() if old.code.get(name) != new.code.get(name))
        details += [Detail("sql", "changed", None, models)] if models else []
    return tuple(details)


def view_removal(before: Description, after: Description, key: ViewKey) -> Breaking | None:
    """What breaks when a view goes: services and training sets that stay and used it."""
    services, training_sets = _Users(before, after).staying(key)
    if not services and not training_sets:
        return None
    return Breaking("the version is gone" if key[1] else "the view is gone", services, training_sets)


def list_breaking(old: DescribedList, new: DescribedList) -> Breaking | None:
    """A service's list is a promise to one ML model: any other list breaks it."""
    if old.features == new.features:
        return None
    return Breaking("its list of features is another", services=(old.name,))


class _Users:
    """Who uses a feature.

    A service counts until it is retired, for it is served until then, even when the new manifest names it no more. A training
    set counts when it stays; where the old ones are not known (online), the new ones stand in for them.
    """

    def __init__(self, before: Description, after: Description) -> None:
        self._services = [service for service in before.services.values() if service.retired_at is None]
        self._staying = after.services.keys()
        declared = after.training_sets or {}
        known = declared if before.training_sets is None else before.training_sets
        self._training_sets = [training_set for name, training_set in known.items() if name in declared]
        self._are_known = before.training_sets is not None

    def of(self, key: ViewKey, feature: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the services and of the training sets that use a feature, or any of the view."""

        def uses(pinned: PinnedFeature) -> bool:
            return (pinned.view, pinned.version) == key and feature in (None, pinned.feature)

        return _using(self._services, uses), _using(self._training_sets, uses)

    def staying(self, key: ViewKey) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Likewise, without services that the new side names no more: a view retires together with those."""
        services, training_sets = self.of(key)
        return tuple(name for name in services if name in self._staying), training_sets if self._are_known else ()


def _using(lists: Sequence[DescribedList], uses: Callable[[PinnedFeature], bool]) -> tuple[str, ...]:
    return tuple(sorted(each.name for each in lists if any(map(uses, each.features))))


def _views(before: Description, after: Description) -> Iterable[Change]:
    for key in sorted(before.views.keys() | after.views.keys()):
        old, new = before.views.get(key), after.views.get(key)
        if old is None and new is not None:
            features = (Detail(f"features.{name}", "added", None, type_name) for name, type_name in new.features)
            yield Change("added", "view", new.reference_name, tuple(features))
        elif old is not None and new is None:
            if old.retired_at is None:
                yield Change("removed", "view", old.reference_name, removal=view_removal(before, after, key))
        elif new is not None and (details := view_details(before, after, key)):
            yield Change("changed", "view", new.reference_name, details)


def _services(before: Description, after: Description) -> Iterable[Change]:
    return _lists("service", before.services, after.services, list_breaking)


def _training_sets(before: Description, after: Description) -> Iterable[Change]:
    if before.training_sets is None or after.training_sets is None:
        return ()
    return _lists("training set", before.training_sets, after.training_sets, lambda *_: None)


def _lists(
    kind: Kind,
    before: Mapping[str, DescribedList],
    after: Mapping[str, DescribedList],
    breaking: Callable[[DescribedList, DescribedList], Breaking | None],
) -> Iterable[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None:
            yield Change("added", kind, name)
        elif new is None:
            if old.retired_at is None:
                yield Change("removed", kind, name)
        elif details := [*_list(old, new, breaking(old, new)), *_mapping("", old.facts, new.facts), *_revived(old)]:
            yield Change("changed", kind, name, tuple(details))


def _list(old: DescribedList, new: DescribedList, breaking: Breaking | None) -> list[Detail]:
    if old.features == new.features:
        return []
    return [Detail("features", "changed", _shown(old.features), _shown(new.features), breaking)]


def _shown(features: Iterable[PinnedFeature]) -> list[str]:
    """References, with the output name and the keys where they are not the view's own."""
    shown = []
    for each in features:
        text = each.reference if each.output_name == each.feature else f"{each.reference} as {each.output_name}"
        keys = ", ".join(f"{key}={column}" for key, column in each.join_keys.items())
        shown.append(f"{text} by {keys}" if keys else text)
    return shown


def _revived(old: DescribedList) -> list[Detail]:
    return [Detail("retired_at", "removed", old.retired_at, None)] if old.retired_at else []


def _join_keys(old: DescribedView, new: DescribedView, users: _Users) -> Iterable[Detail]:
    if old.join_keys != new.join_keys:
        before, after = _typed(old.join_keys), _typed(new.join_keys)
        breaking = Breaking(f"the join keys are {after}, were {before}", *users.of(old.key))
        yield Detail("join_keys", "changed", before, after, breaking)


def _typed(columns: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {type_name}" for name, type_name in columns)


def _features(old: DescribedView, new: DescribedView, users: _Users) -> Iterable[Detail]:
    before, after = dict(old.features), dict(new.features)
    for name in (*before, *(name for name in after if name not in before)):
        was, is_ = before.get(name), after.get(name)
        if was == is_:
            continue
        services, training_sets = users.of(old.key, name)
        reason = f"the feature {name!r} is gone" if is_ is None else f"the feature {name!r} is {is_}, was {was}"
        is_used = was is not None and bool(services or training_sets)
        breaking = Breaking(reason, services, training_sets) if is_used else None
        yield Detail(f"features.{name}", _action(was, is_), was, is_, breaking)
    kept_before = [name for name in before if name in after]
    kept_after = [name for name in after if name in before]
    if kept_before != kept_after:
        yield Detail("feature_order", "changed", kept_before, kept_after)


def _facts(old: DescribedView, new: DescribedView, names: Iterable[str]) -> Iterable[Detail]:
    for name in names:
        was, is_ = getattr(old, name), getattr(new, name)
        if was != is_:
            yield Detail(name, _action(was, is_), was, is_)


def _online(old: DescribedView, new: DescribedView, users: _Users) -> Iterable[Detail]:
    if old.online != new.online:
        services, _ = users.staying(old.key)
        breaking = Breaking("the view is online no more", services) if services and not new.online else None
        yield Detail("online", "changed", old.online, new.online, breaking)


def _mapping(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Detail]:
    prefix = f"{path}." if path else ""
    return [
        Detail(f"{prefix}{name}", _action(old.get(name), new.get(name)), old.get(name), new.get(name))
        for name in (*old, *(name for name in new if name not in old))
        if old.get(name) != new.get(name)
    ]


def _action(was: Any, is_: Any) -> Action:
    if was is None:
        return "added"
    return "removed" if is_ is None else "changed"
