"""The columns of a feature view by role: keys, times, tombstone, excluded; all others are features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from featurectl.errors import did_you_mean
from featurectl.registry import Column
from featurectl.rules.types import default_problem, is_boolean, is_date, is_timestamp

if TYPE_CHECKING:
    from collections.abc import Collection

    from featurectl.manifest import Node
    from featurectl.rules.block import Block
    from featurectl.rules.finding import Place

EVENT_DATE_HINT = "A date means the start of its day: a daily aggregate stamped with its own day leaks."
LOADED_DATE_HINT = "Write `current_timestamp` in the model: builds of one day have to be told apart."
CREATED_DATE_HINT = "A date means the start of its day: a row that came later in the day counts as known before it was."


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column plays which part; None or empty where a role is absent or was reported."""

    columns: tuple[Column, ...]
    join_keys: tuple[Column, ...]
    event_timestamp: Column | None
    created_timestamp: Column | None
    tombstone: Column | None
    loaded_at: Column | None
    features: tuple[Column, ...]
    defaults: dict[str, Any]


def read_roles(node: Node, block: Block, sync: Block | None) -> Roles:
    """Give every column of the contract its role, reporting missing columns and wrong types.

    Args:
        sync: The block of that name, if there is one.
    """
    place = block.place
    columns = _read_contract(node, place)
    by_name = {column.name: column for column in columns}
    roles = _RoleReader(place, by_name)
    join_keys = roles.named(block, "join_keys")
    if "join_keys" not in block.values or block.values["join_keys"] == []:
        place.error("required", f"{block.path('join_keys')}: expected at least one column, got none", repeat_hint(node))
    event_timestamp = roles.event_timestamp(node)
    created_timestamp = roles.one(block, "created_timestamp")
    if created_timestamp:
        _check_instant(place, "created", block.path("created_timestamp"), created_timestamp, CREATED_DATE_HINT)
    tombstone = roles.tombstone(block)
    single = [column for column in (event_timestamp, created_timestamp, tombstone) if column]
    for column in single:
        if column in join_keys:
            place.expected("roles", block.path("join_keys"), "columns that have no other role", column.name)
    if created_timestamp and created_timestamp is event_timestamp:
        place.expected(
            "roles", block.path("created_timestamp"), "another column than config.event_time", created_timestamp.name,
            "Leave it out: a row without one is known when it becomes true.",
        )  # fmt: skip
    loaded_at = roles.loaded_at(sync, [*join_keys, event_timestamp, tombstone])
    single += [loaded_at] if loaded_at else []
    excluded = roles.named(block, "exclude")
    for column in excluded:
        if column in {*join_keys, *single}:
            place.expected("roles", block.path("exclude"), "columns that have no other role", column.name)
    features = tuple(column for column in columns if column not in {*join_keys, *single, *excluded})
    if columns and not features:
        place.error("no-features", f"{block.key}: expected at least one feature column, got none")
    return Roles(
        columns, join_keys, event_timestamp, created_timestamp, tombstone, loaded_at, features,
        _read_defaults(block, features),
    )  # fmt: skip


def repeat_hint(node: Node) -> str | None:
    """Why a key may be missing from one version of a model, or None without versions."""
    if node.version is None:
        return None
    return "dbt merges meta shallowly: a version that sets `feature_view` repeats the block whole."


def _contract_hint(node: Node) -> str:
    return (
        "Add `contract: {enforced: true}` under the model's `config`, and name and data_type of every column: "
        f"`featurectl init --model {node.name}` prints them, of the built model."
    )


def _typed(column: Column) -> str:
    return f"{column.name} {column.data_type}"


def _check_instant(place: Place, which: str, key: str, column: Column, date_hint: str) -> None:
    """A timestamp is well, a date is warned of, anything else is an error."""
    if is_date(column.data_type):
        place.warn(f"date-{which}-time", f"{key}: expected a timestamp column, got {_typed(column)!r}", date_hint)
    elif not is_timestamp(column.data_type):
        place.expected("column-type", key, "a timestamp column", _typed(column))


def _read_contract(node: Node, place: Place) -> tuple[Column, ...]:
    if node.config.contract is None or not node.config.contract.enforced:
        place.error("contract", "config.contract.enforced: expected true, got false", _contract_hint(node))
    elif not node.columns:
        place.error(
            "contract", "columns: expected the name and data_type of every column, got none", _contract_hint(node)
        )
    for name, column in node.columns.items():
        if not column.data_type:
            key = f"columns.{name}.data_type"
            place.expected("contract", key, "a type of the warehouse", column.data_type, _contract_hint(node))
    return tuple(
        Column(column.name, column.data_type or "", column.description or "") for column in node.columns.values()
    )


def _read_defaults(block: Block, features: tuple[Column, ...]) -> dict[str, Any]:
    by_name = {column.name: column for column in features}
    defaults = block.mapping("defaults")
    for name, value in defaults.items():
        key = f"{block.path('defaults')}.{name}"
        if name not in by_name:
            block.place.expected("unknown-column", key, "a feature of the view", name, did_you_mean(str(name), by_name))
            continue
        wanted = default_problem(value, by_name[name].data_type)
        if wanted is not None:
            block.place.expected("default-type", key, wanted, value)
    return defaults


@dataclass(frozen=True, slots=True)
class _RoleReader:
    place: Place
    by_name: dict[str, Column]

    def named(self, block: Block, key: str) -> tuple[Column, ...]:
        return tuple(column for name in block.names(key) if (column := self.column(block.path(key), name)) is not None)

    def one(self, block: Block, key: str) -> Column | None:
        name = block.text(key)
        return None if name is None else self.column(block.path(key), name)

    def event_timestamp(self, node: Node) -> Column | None:
        name = node.config.event_time
        if not isinstance(name, str) or not name:
            self.place.expected(
                "required",
                "config.event_time",
                "the event timestamp column",
                name,
                "Add `event_time: <column>` under `config`; attributes that never change carry a constant one.",
            )
            return None
        column = self.column("config.event_time", name)
        if column is not None:
            _check_instant(self.place, "event", "config.event_time", column, EVENT_DATE_HINT)
        return column

    def tombstone(self, block: Block) -> Column | None:
        column = self.one(block, "tombstone")
        if column and not is_boolean(column.data_type):
            self.place.expected("column-type", block.path("tombstone"), "a boolean column", _typed(column))
        return column

    def loaded_at(self, sync: Block | None, taken: Collection[Column | None]) -> Column | None:
        column = self.one(sync, "loaded_at") if sync else None
        if column is None or sync is None:
            return None
        key = sync.path("loaded_at")
        if column in taken:
            self.place.expected("roles", key, "a column without a role, or the created timestamp", column.name)
        elif not is_timestamp(column.data_type):
            self.place.expected("column-type", key, "a timestamp column", _typed(column), LOADED_DATE_HINT)
        return column

    def column(self, key: str, name: str) -> Column | None:
        found = self.by_name.get(name)
        if found is None and self.by_name:
            self.place.expected(
                "unknown-column", key, "a column of the contract", name, did_you_mean(name, self.by_name)
            )
        return found
