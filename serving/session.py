"""What the synchronous and the asyncio client share: the catalog as known, compiled plans, and every decision; no I/O."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from serving.cache import Cache
from serving.errors import ConfigError, FormatError, RequestError
from serving.format.catalog import Catalog, decode_catalog
from serving.format.keys import KeySpace
from serving.format.schemas import Schema
from serving.format.values import to_micros
from serving.plan import Plan, compile_plan
from serving.references import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from serving.answer import OnlineFeatures
    from serving.plan import Lookup

CATALOG_MAX_AGE_SECONDS = 10.0
# The generation starts anew with an emptied store, so now and then the catalog is read whatever it says.
CATALOG_REREAD_SECONDS = 300.0
DEFAULT_MAX_ENTITIES = 10_000
_MAX_PLANS = 1000

OnCorrupt = Literal["invalid", "raise"]


class Snapshot:
    """The catalog as it was read once, with the plans compiled against it.

    Args:
        catalog: As decoded.
        read_at: When it was asked for (`time.monotonic`).
    """

    __slots__ = ("catalog", "checked_at", "plans", "read_at")

    def __init__(self, catalog: Catalog, read_at: float) -> None:
        self.catalog = catalog
        self.read_at = read_at
        self.checked_at = read_at
        self.plans: dict[tuple[Any, bool], Plan] = {}


class Session:
    """The state of a client, safe to share between threads: what it holds is replaced, never changed halfway.

    Args:
        namespace: Usually ``<dbt project>:<target>``.
        as_of: The instant that TTLs are measured from (naive means UTC); by default now.
        on_corrupt: What a row that cannot be read does.
        max_entities: Most entity rows a look-up.
        cache: Of rows, or None.

    Raises:
        ConfigError: One of them cannot be used.
    """

    def __init__(
        self, namespace: str, *, as_of: datetime | None, on_corrupt: OnCorrupt, max_entities: int, cache: Cache | None
    ) -> None:
        if on_corrupt not in ("invalid", "raise"):
            raise ConfigError(
                f"on_corrupt: expected 'invalid' or 'raise', got {on_corrupt!r}",
                hint="Leave it out for the status INVALID, or write on_corrupt='raise'.",
            )
        if not isinstance(max_entities, int) or max_entities < 1:
            raise ConfigError(
                f"max_entities: expected a positive number, got {max_entities!r}", hint="Leave it out for 10,000."
            )
        if not isinstance(as_of, datetime | None):
            raise ConfigError(
                f"as_of: expected a datetime, got {as_of!r}",
                hint="Write datetime.fromisoformat('2026-06-01T12:00:00Z').",
            )
        if not isinstance(cache, Cache | None):
            raise ConfigError(
                f"cache: expected a serving.Cache, got {cache!r}",
                hint="Write Cache(max_entries=100_000, max_age_seconds=1.0), or leave the cache out.",
            )
        self.keyspace = KeySpace(namespace)
        self.cache = cache
        self._as_of_us = None if as_of is None else to_micros(as_of)
        self._raise_corrupt = on_corrupt == "raise"
        self.max_entities = max_entities
        self._snapshot: Snapshot | None = None
        # Schemas never change under their id, so they outlive the snapshots. None, until the next check of the catalog,
        # for one that a row names and the store does not have.
        self._schemas: dict[tuple[str, int], Schema | None] = {}

    @property
    def catalog(self) -> Catalog:
        """As last read; it must have been installed."""
        assert self._snapshot is not None  # noqa: S101 - the clients read the catalog first
        return self._snapshot.catalog

    def has_catalog(self) -> bool:
        """Whether a catalog was ever installed."""
        return self._snapshot is not None

    def is_current(self) -> bool:
        """Whether the catalog is young enough to answer by."""
        snapshot = self._snapshot
        return snapshot is not None and time.monotonic() - snapshot.checked_at <= CATALOG_MAX_AGE_SECONDS

    def confirm(self, generation: bytes | None, asked_at: float) -> bool:
        """Whether the catalog is still the one of this generation; then it counts as checked."""
        snapshot = self._snapshot
        if (
            snapshot is None
            or generation != b"%d" % snapshot.catalog.generation
            or asked_at - snapshot.read_at > CATALOG_REREAD_SECONDS
        ):
            return False
        snapshot.checked_at = asked_at
        self._forget_absent_schemas()
        return True

    def install(self, fields: Mapping[str, bytes], asked_at: float) -> None:
        """Take the catalog hash that was read.

        Raises:
            CatalogError: There is none, it is of a newer format, or an entry is malformed.
        """
        fresh = Snapshot(decode_catalog(fields, where=self.keyspace.catalog), asked_at)
        if self._snapshot is not None and self._snapshot.catalog == fresh.catalog:
            fresh.plans = self._snapshot.plans
        self._snapshot = fresh
        self._forget_absent_schemas()

    def plan(self, features: str | Sequence[str], full_feature_names: bool) -> Plan:  # noqa: FBT001 - passed on, once a look-up
        """The compiled request; the catalog must have been installed.

        Raises:
            RequestError: An unknown or malformed name, or names that clash.
        """
        snapshot = self._snapshot
        assert snapshot is not None  # noqa: S101 - the clients read the catalog first
        try:
            shape = (features if isinstance(features, str) else tuple(features), full_feature_names)
            plan = snapshot.plans.get(shape)
        except TypeError as error:
            raise RequestError(
                f"features: expected a service name or a list of feature references, got {features!r}",
                hint="Write features=['view:feature'], or the name of a service.",
            ) from error
        if plan is None:
            plan = compile_plan(snapshot.catalog, self.keyspace, features, full_feature_names=full_feature_names)
            if len(snapshot.plans) >= _MAX_PLANS:  # a caller that never asks the same twice
                snapshot.plans.clear()
            snapshot.plans[shape] = plan
        return plan

    def answer(
        self,
        plan: Plan,
        lookup: Lookup,
        rows: list[bytes | None],
        include_stale: bool,  # noqa: FBT001 - likewise
    ) -> OnlineFeatures:
        """The answer from the rows fetched.

        Raises:
            CorruptRowError: A row cannot be read, and the client is to raise.
            UnknownSchemaError: Rows follow schemas that are not at hand.
        """
        now_us = time.time_ns() // 1000 if self._as_of_us is None else self._as_of_us
        return plan.answer(lookup, rows, self._schemas, now_us, include_stale, self._raise_corrupt)

    def schema_keys(self, unknown: set[tuple[str, int]]) -> list[str]:
        """Where the schemas are."""
        return [self.keyspace.schema(view, schema_id) for view, schema_id in unknown]

    def learn(self, unknown: set[tuple[str, int]], encoded: Sequence[bytes | None]) -> None:
        """Take the schemas that were read.

        Raises:
            CorruptRowError: Stored bytes that are no schema, and the client is to raise.
        """
        for (view, schema_id), key, value in zip(unknown, self.schema_keys(unknown), encoded, strict=True):
            try:
                self._schemas[view, schema_id] = None if value is None else Schema.decode(value, key=key)
            except FormatError:
                if self._raise_corrupt:
                    raise
                self._schemas[view, schema_id] = None

    def join_keys(self, features: str | Sequence[str]) -> dict[str, str]:
        """The columns that entity rows must have for these features, with the type of each."""
        requested = resolve(self.catalog, features, full_feature_names=False)
        return {
            each.join_keys.get(name, name): type_name for each in requested for name, type_name in each.view.join_keys
        }

    def _forget_absent_schemas(self) -> None:
        if None in self._schemas.values():
            self._schemas = {key: schema for key, schema in self._schemas.items() if schema is not None}
