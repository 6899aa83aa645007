"""Removing: one entity from every view, and the views and services that no manifest names any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from featurectl.errors import EntityKeyError, OnlineStoreError, UnknownNameError
from featurectl.online.keeper import held_lock
from featurectl.online.writers.base import sentinel_key
from serving.errors import ServingError
from serving.format.catalog import ServiceEntry
from serving.format.keys import key_encoder
from serving.format.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from featurectl.online.writers.base import OnlineWriter
    from featurectl.registry import FeatureView
    from serving.format.catalog import Catalog, ViewEntry
    from serving.format.keys import KeySpace

RETIRED_FOR = timedelta(days=7)
_BATCH = 1000
_INTEGERS = frozenset({"int64", "uint64", "hugeint"})


@dataclass(frozen=True, slots=True)
class KeyedView:
    """As much of a view as its row keys need.

    Attributes:
        join_keys: (name, type) in declared order.
    """

    name: str
    version: int
    entity: str
    join_keys: tuple[tuple[str, str], ...]

    @property
    def reference_name(self) -> str:
        """``name``, or ``name@v2``."""
        return f"{self.name}@v{self.version}" if self.version else self.name


@dataclass(frozen=True, slots=True)
class Removal:
    """What is removed, or would be.

    Attributes:
        name: Reference name of the view, or ``service name``.
        keys: Rows of it.
    """

    name: str
    keys: int


def keyed_views(views: Iterable[FeatureView], catalog: Catalog | None) -> list[KeyedView]:
    """The views of the manifest and of the catalog: a sync that died may have written rows of a view in neither."""
    found = {
        (view.name, view.version): KeyedView(
            view.name, view.version, view.entity, tuple((key.name, key.data_type) for key in view.join_keys)
        )
        for view in views
    }
    for at, entry in catalog.views.items() if catalog else ():
        found[at] = KeyedView(entry.name, entry.version, entry.entity, entry.join_keys)
    return [found[at] for at in sorted(found)]


def keys_of_entity(views: Iterable[KeyedView], entity: Mapping[str, str], keyspace: KeySpace) -> dict[KeyedView, str]:
    """The row key of an entity in each view that has it.

    Args:
        entity: One pair of an entity's name and its key (of several columns joined by ``|``), or each join key with its
            value.

    Raises:
        UnknownNameError: No view has that entity, or those join keys.
        EntityKeyError: A value of another type, or of another number of columns.
    """
    views = list(views)
    found = {}
    for view in views:
        names = [name for name, _ in view.join_keys]
        if set(entity) == {view.entity}:
            text = entity[view.entity]
            parts = [text] if len(names) == 1 else text.split("|")
        elif set(entity) == set(names):
            parts = [entity[name] for name in names]
        else:
            continue
        if len(parts) != len(names):
            raise EntityKeyError(
                f"--entity: {view.entity}: expected {len(names)} values ({'|'.join(names)}), got {'|'.join(parts)!r}",
                hint=f"Write --entity {','.join(f'{name}=...' for name in names)}.",
            )
        try:
            encode = key_encoder(view.join_keys)
            typed = [_typed(part, type_name) for part, (_, type_name) in zip(parts, view.join_keys, strict=True)]
            found[view] = keyspace.row(view.name, view.version, encode(typed) or "")
        except ServingError as error:
            raise EntityKeyError(f"--entity: {error.message}", hint="Write the key as the view declares it.") from error
    if not found:
        raise UnknownNameError("entity to erase", ",".join(entity), {view.entity for view in views})
    return found


def erase(
    keys: Mapping[KeyedView, str], writer: OnlineWriter, open_writer: Callable[[], OnlineWriter], keyspace: KeySpace
) -> list[Removal]:
    """Remove one row from each view, under its lock, so that no running sync writes it again.

    The view's sentinel goes with the row: an incremental sync might otherwise find an older row of an entity that is still in
    the warehouse, and there would be no newer one online to keep it out.

    Raises:
        LockHeldError: A sync of one of the views is running; the views before it are done.
    """
    removals = []
    for view, key in keys.items():
        with held_lock(writer, open_writer, view.name, view.version) as lock:
            is_there = writer.read_rows([key]) != [None]
            if is_there:
                writer.delete_rows(lock, [sentinel_key(keyspace, view.name, view.version), key])
            removals.append(Removal(view.reference_name, int(is_there)))
    return removals


def require_catalog(catalog: Catalog | None, keyspace: KeySpace) -> Catalog:
    """The catalog; where there is none, the namespace is probably another than the one meant.

    Raises:
        OnlineStoreError: There is none.
    """
    if catalog is None:
        raise OnlineStoreError(
            f"{keyspace.catalog}: expected a catalog, found none", hint="Check the store's URL and the namespace."
        )
    return catalog


def retired(catalog: Catalog, now: datetime) -> list[ViewEntry | ServiceEntry]:
    """Entries retired long enough ago; a view that a service which stays still uses is not among them."""
    services = [entry for entry in catalog.services.values() if _is_due(entry, now)]
    used = {
        (feature.view, feature.version)
        for entry in catalog.services.values()
        if entry not in services
        for feature in entry.features
    }
    views = [entry for at, entry in sorted(catalog.views.items()) if _is_due(entry, now) and at not in used]
    return [*services, *views]


def collect(
    entry: ViewEntry | ServiceEntry,
    writer: OnlineWriter,
    open_writer: Callable[[], OnlineWriter],
    keyspace: KeySpace,
    *,
    is_dry: bool,
) -> Removal:
    """Remove a retired entry with all its keys, the entry last: a run that dies half-way is finished by the next.

    The state goes first, so that a view that comes back meanwhile is read in full. The schemas go with the last version of a view.
    """
    if isinstance(entry, ServiceEntry):
        if not is_dry:
            writer.publish_catalog([], removed=[entry.field])
        return Removal(f"service {entry.name}", 0)
    view, version = entry.name, entry.version
    if is_dry:
        return Removal(entry.reference, len(set(writer.scan_keys(view, version))))
    with held_lock(writer, open_writer, view, version) as lock:
        writer.delete_rows(lock, [keyspace.state(view, version), sentinel_key(keyspace, view, version)])
        removed = 0
        batch: list[str] = []
        for key in writer.scan_keys(view, version):
            batch.append(key)
            if len(batch) == _BATCH:
                removed += writer.delete_rows(lock, batch)
                batch.clear()
        removed += writer.delete_rows(lock, batch)
        catalog = writer.read_catalog()
        if catalog is not None and not any(at[0] == view and at[1] != version for at in catalog.views):
            writer.delete_rows(lock, list(set(writer.scan_prefix(keyspace.schema(view, 0).removesuffix("00000000")))))
        writer.publish_catalog([], removed=[entry.field])
    return Removal(entry.reference, removed)


def _is_due(entry: ViewEntry | ServiceEntry, now: datetime) -> bool:
    return entry.retired_at is not None and datetime.fromisoformat(entry.retired_at) + RETIRED_FOR <= now


def _typed(text: str, type_name: str) -> Any:
    kind = parse_type(type_name).kind
    if kind in _INTEGERS:
        try:
            return int(text)
        except ValueError:
            return text
    return {"true": True, "false": False}.get(text.lower(), text) if kind == "bool" else text
