"""What must be the same as at the last sync, or a row that was read then may not be in the store now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serving.format.rows import ROW_FORMAT

if TYPE_CHECKING:
    from featurectl.online.writers.base import Vitals
    from featurectl.registry import FeatureView
    from serving.format.state import State


@dataclass(frozen=True, slots=True)
class Identity:
    """A view as the manifest declares it, in the store as it is.

    Attributes:
        code_checksum: Of the compiled SQL; None where the manifest has none, for dbt's last command left the view out.
    """

    schema_id: str
    code_checksum: str | None
    roles_checksum: str
    vitals: Vitals


def identity_of(view: FeatureView, schema_id: str, vitals: Vitals) -> Identity:
    """The identity of a view."""
    times = (view.event_timestamp, view.created_timestamp, view.loaded_at)
    roles = (
        str(view.relation),
        [(key.name, key.data_type) for key in view.join_keys],
        [(column.name, column.data_type) if column else None for column in times],
        view.tombstone and view.tombstone.name,
        view.ttl_seconds,
    )
    code = view.compiled_code
    return Identity(schema_id, None if code is None else _checksum(code), _checksum(repr(roles)), vitals)


def difference(state: State, identity: Identity) -> str | None:
    """What is not as it was at the last sync, so that its rows may not be what the view would write; None for nothing."""
    vitals = identity.vitals
    changed = {
        f"the row format was {state.format}": state.format != ROW_FORMAT,
        "the schema has changed": state.schema_id != identity.schema_id,
        "the compiled SQL has changed": identity.code_checksum not in (None, state.code_checksum),
        "a key, time or tombstone column, the TTL or the relation has changed": state.roles_checksum
        != identity.roles_checksum,
        "the store is another one, was restarted, or failed over": state.replication_id != vitals.replication_id,
        "the store has evicted keys": state.evicted_keys != vitals.evicted_keys,
        "the store has lost the sentinel key": not vitals.has_sentinel,
    }
    return next((reason for reason, is_so in changed.items() if is_so), None)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
