"""The catalog: what a namespace serves, one JSON entry a view and a service in one hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from serving.errors import CatalogError, ValueTypeError
from serving.format.damage import DECODE_ERRORS
from serving.format.values import encoder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from serving.format.types import WireType

CATALOG_FORMAT = 1
FORMAT_FIELD = "format"
GENERATION_FIELD = "generation"

_Entry = TypeVar("_Entry")


class Published(msgspec.Struct, frozen=True, omit_defaults=True):
    """What built an entry.

    Attributes:
        generated_at: When dbt wrote the manifest (ISO 8601, UTC).
        synced_at: When the entry was published (ISO 8601, UTC).
    """

    project: str
    target: str
    generated_at: str
    invocation_id: str
    synced_at: str
    git_commit: str | None = None


class ViewEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of one feature view as it is served.

    Attributes:
        version: 0 for a view without versions.
        is_latest: True for the version that an unpinned reference means.
        join_keys: (name, canonical type) in declared order, the order of the key text.
        features: (name, canonical type) in contract order, the order of the row's values.
        schema_id: Id of the schema that `features` make, eight hex digits.
        ttl_seconds: Oldest valid age; None means never stale.
        defaults: Feature to the value it has where no row is eligible, as JSON carries it (`encode_default`).
        deprecation_date: As dbt declares it for the model (ISO 8601), past or to come.
        retired_at: When the view left the manifest (ISO 8601, UTC); it is served until it is collected.
    """

    name: str
    version: int
    is_latest: bool
    entity: str
    join_keys: tuple[tuple[str, str], ...]
    features: tuple[tuple[str, str], ...]
    schema_id: str
    published: Published
    ttl_seconds: int | None = None
    defaults: dict[str, Any] = {}
    description: str = ""
    owner: str | None = None
    access: str = "protected"
    deprecation_date: str | None = None
    retired_at: str | None = None

    @property
    def reference(self) -> str:
        """How a request names it, e.g. ``price@v2``; a view without versions by its name alone."""
        return f"{self.name}@v{self.version}" if self.version else self.name

    @property
    def field(self) -> str:
        """The entry's field in the catalog hash."""
        return f"view:{self.name}@{self.version}"


class ServiceFeature(msgspec.Struct, frozen=True, omit_defaults=True):
    """One feature of a service, pinned.

    Attributes:
        output_name: Its name in the answer.
        join_keys: View's key column to request column, where they differ.
    """

    view: str
    version: int
    feature: str
    output_name: str
    join_keys: dict[str, str] = {}


class ServiceEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ordered, version-pinned list of features that one ML model consumes."""

    name: str
    features: tuple[ServiceFeature, ...]
    published: Published
    training_set: str | None = None
    description: str = ""
    owner: str | None = None
    retired_at: str | None = None

    @property
    def field(self) -> str:
        """The entry's field in the catalog hash."""
        return f"service:{self.name}"


class Catalog(msgspec.Struct, frozen=True):
    """All entries of a namespace, and how often they have changed."""

    generation: int
    views: dict[tuple[str, int], ViewEntry]
    services: dict[str, ServiceEntry]


def encode_entry(entry: ViewEntry | ServiceEntry) -> bytes:
    """The entry's value in the catalog hash: JSON, fields in declared order, those at their default left out."""
    return msgspec.json.encode(entry)


def decode_catalog(fields: Mapping[str, bytes], *, where: str) -> Catalog:
    """The catalog from its hash; JSON fields that this version does not know are ignored.

    Args:
        fields: The whole hash.
        where: The hash's key, for messages.

    Raises:
        CatalogError: There is none, it is of a newer format, or an entry is malformed.
    """
    if not fields:
        raise CatalogError(
            f"{where}: expected a catalog, found none",
            hint="Run featurectl sync-online, or check the store's URL and the namespace.",
        )
    catalog_format = _number(fields, FORMAT_FIELD, where)
    if catalog_format > CATALOG_FORMAT:
        raise CatalogError(
            f"{where}: expected catalog format {CATALOG_FORMAT} or older, got {catalog_format}",
            hint="Upgrade this package to the version that wrote the store.",
        )
    views: dict[tuple[str, int], ViewEntry] = {}
    services: dict[str, ServiceEntry] = {}
    for field, value in fields.items():
        if field.startswith("view:"):
            view = _decode(value, ViewEntry, f"{where}: {field}")
            views[view.name, view.version] = view
        elif field.startswith("service:"):
            service = _decode(value, ServiceEntry, f"{where}: {field}")
            services[service.name] = service
    return Catalog(_number(fields, GENERATION_FIELD, where), views, services)


def encode_default(wire_type: WireType, value: Any) -> Any:
    """A declared default as JSON carries it: a reader decodes it like a wire value of the same type.

    Raises:
        ValueTypeError: The value is of another type, or JSON cannot carry it (bytes, NaN, infinities).
    """
    if value is None:
        return None
    if wire_type.item is not None and isinstance(value, (list, tuple)):
        return [encode_default(wire_type.item, item) for item in value]
    wire = encoder(wire_type)(value)
    if isinstance(wire, bytes) or (isinstance(wire, float) and wire - wire != 0):
        raise ValueTypeError(f"{wire_type.name} that JSON can carry", value)
    return wire


def _number(fields: Mapping[str, bytes], name: str, where: str) -> int:
    value = fields.get(name, b"")
    if not value.isdigit():
        raise CatalogError(
            f"{where}: {name}: expected a number, got {value!r}",
            hint="Check that the namespace is not used by something else.",
        )
    return int(value)


def _decode(value: bytes, entry_type: type[_Entry], where: str) -> _Entry:
    try:
        return msgspec.json.decode(value, type=entry_type)
    except DECODE_ERRORS as error:
        raise CatalogError(f"{where}: {error}", hint="Publish it again: featurectl sync-online.") from error
