"""What a Feast repository defines, however it was read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that was not carried over, or carried over with a guess.

    Attributes:
        where: ``features.py:12``, relative to the repository.
        name: The definition it belongs to.
        what: What is different now, and what to do.
    """

    where: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Whom features describe; `dtype` is None where the repository does not say it."""

    name: str
    join_keys: tuple[str, ...]
    dtype: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a view. `dtype` is Feast's name of the type, a list as ``Array(Int64)``."""

    name: str
    dtype: str
    description: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a view's rows are: a file, a table or a query.

    Attributes:
        field_mapping: Column of the source to the name that Feast gives it.
    """

    name: str
    kind: str
    where: str
    path: str | None = None
    table: str | None = None
    schema: str | None = None
    database: str | None = None
    query: str | None = None
    timestamp_field: str | None = None
    created_timestamp_column: str | None = None
    field_mapping: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """A feature view; `entities` are names, `ttl_seconds` is None for never stale."""

    name: str
    where: str
    entities: tuple[str, ...]
    fields: tuple[Field, ...]
    source: Source
    ttl_seconds: int | None = None
    online: bool = True
    tags: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """A view in a service: all of its features or some, perhaps under another name and with other keys."""

    view: str
    features: tuple[str, ...] | None = None
    name: str | None = None
    join_key_map: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Service:
    """A feature service."""

    name: str
    where: str
    projections: tuple[Projection, ...]
    tags: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    description: str = ""


@dataclass(slots=True)
class Repository:
    """Everything read from a Feast repository, and what was not."""

    root: str
    project: str = ""
    offline_store: str = ""
    entities: dict[str, Entity] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)

    def lose(self, where: str, name: str, what: str) -> None:
        """Note a loss once."""
        loss = Loss(where, name, what)
        if loss not in self.losses:
            self.losses.append(loss)

    def type_join_key(self, view: View, key: str) -> str | None:
        """Feast's type of a join key: as the view's schema says it, else the entity."""
        for each in view.fields:
            if each.name == key:
                return each.dtype
        for name in view.entities:
            entity = self.entities.get(name)
            if entity is not None and key in entity.join_keys and entity.dtype:
                return entity.dtype
        return None

    def join_keys(self, view: View) -> tuple[str, ...]:
        """The join keys of a view's entities, in their order."""
        keys = [key for name in view.entities for key in self.entities[name].join_keys]
        return tuple(dict.fromkeys(keys))

    def replace_view(self, view: View, **changes: object) -> View:
        """The view with other attributes, in the place of the first."""
        self.views[view.name] = replace(view, **changes)  # type: ignore[arg-type]
        return self.views[view.name]
