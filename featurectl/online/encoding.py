"""Warehouse rows -> rows to put: key text, bytes and expiry; what cannot be written is counted, never hidden."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import msgspec

from featurectl.online.entries import schema_of
from featurectl.online.writers.base import PutBatch
from featurectl.warehouse.base import LatestColumns
from serving.errors import ServingError
from serving.format.keys import key_encoder, row_key_maker
from serving.format.rows import EMPTY_ARRAY, HEADER, ROW_FORMAT, TIME_OFFSET, encode_tombstone, row_encoder
from serving.format.values import encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import Batch, LatestRow
    from serving.format.keys import KeySpace

DAY_US = 86_400_000_000
SHOWN_PROBLEMS = 5

_pack = msgspec.msgpack.Encoder().encode


class Encoder:
    """Encodes the rows of one view for one sync.

    Attributes:
        expired: Rows so old that they would be dropped at once; not written.
        rejected: Rows with a value that its declared type cannot hold; not written.
        problems: The first of the rejected, with the reason.
    """

    def __init__(self, view: FeatureView, keyspace: KeySpace, now_us: int) -> None:
        self.expired = 0
        self.rejected = 0
        self.problems: list[str] = []
        self._view = view
        self._schema = schema_of(view)
        join_keys = [(key.name, key.data_type) for key in view.join_keys]
        self._encode_key = key_encoder(join_keys)
        self._encode_values = row_encoder(self._schema)
        self._prefix = keyspace.row_prefix(view.name, view.version)
        self._encode_keys = row_key_maker(self._prefix, join_keys, range(len(join_keys)))
        self._encoders = [encoder(wire_type) for _, wire_type in self._schema.columns]
        ttl_us = None if view.ttl_seconds is None else view.ttl_seconds * 1_000_000
        # Rows are dropped at e + ttl + max(ttl, one day); added to e this is that instant as a duration from now.
        self._to_expiry_us = None if ttl_us is None else ttl_us + max(ttl_us, DAY_US) - now_us

    def rows(self, batch: Batch) -> PutBatch:
        """The rows of a batch that can be written.

        Columns are encoded at once; where one of their values does not fit, row by row, to find out which.
        """
        if isinstance(batch, LatestColumns):
            try:
                return self._all(batch)
            except ServingError:
                pass
        keys: list[str] = []
        rows: list[bytes] = []
        ttls_ms: list[int | None] = []
        for row in batch:
            ttl_ms = self._ttl_ms(row.event_us)
            if ttl_ms is not None and ttl_ms <= 0:
                self.expired += 1
                continue
            try:
                key, encoded = self._row(row)
            except ServingError as error:
                self.rejected += 1
                if len(self.problems) < SHOWN_PROBLEMS:
                    self.problems.append(f"{self._view.reference_name}: {self._shown(row)}: {error.message}")
            else:
                keys.append(key)
                rows.append(encoded)
                ttls_ms.append(ttl_ms)
        return PutBatch(keys, rows, None if self._to_expiry_us is None else ttls_ms)

    def _all(self, batch: LatestColumns) -> PutBatch:
        keys, _ = self._encode_keys(batch.keys)  # the warehouse gives no null keys
        columns = [
            column if as_declared else _encoded(encode, column)
            for encode, column, as_declared in zip(self._encoders, batch.values, batch.as_declared, strict=True)
        ]
        values = zip(*columns, strict=True) if columns else repeat((), len(batch))
        bodies: list[bytes] = list(map(_pack, values))
        if batch.is_tombstone is not None:
            bodies = [EMPTY_ARRAY if gone else body for body, gone in zip(bodies, batch.is_tombstone, strict=True)]
        events = [event + TIME_OFFSET for event in batch.event_us]
        created = [known + TIME_OFFSET for known in batch.created_us]
        heads = map(HEADER.pack, repeat(ROW_FORMAT), repeat(self._schema.id), events, created)
        rows = [head + body for head, body in zip(heads, bodies, strict=True)]
        if self._to_expiry_us is None:
            return PutBatch(keys, rows)
        ttls_ms = [-((-event - self._to_expiry_us) // 1000) for event in batch.event_us]
        if min(ttls_ms) > 0:
            return PutBatch(keys, rows, ttls_ms)
        kept = [index for index, ttl_ms in enumerate(ttls_ms) if ttl_ms > 0]
        self.expired += len(rows) - len(kept)
        return PutBatch([keys[at] for at in kept], [rows[at] for at in kept], [ttls_ms[at] for at in kept])

    def _row(self, row: LatestRow) -> tuple[str, bytes]:
        if row.is_tombstone:
            encoded = encode_tombstone(self._schema, row.event_us, row.created_us)
        else:
            encoded = self._encode_values(row.event_us, row.created_us, row.values)
        return f"{self._prefix}{self._encode_key(row.keys)}}}", encoded

    def _ttl_ms(self, event_us: int) -> int | None:
        """Milliseconds from now until the row may be dropped, rounded up; None for a view without TTL."""
        return None if self._to_expiry_us is None else -((-event_us - self._to_expiry_us) // 1000)

    def _shown(self, row: LatestRow) -> str:
        return ", ".join(f"{key.name}={value!r}" for key, value in zip(self._view.join_keys, row.keys, strict=True))


def _encoded(encode: Callable[[Any], Any], column: Sequence[Any]) -> list[Any]:
    return [None if value is None else encode(value) for value in column]
