"""Warehouse rows -> rows to put: key text, bytes and expiry; what cannot be written is counted, never hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.online.entries import schema_of
from featurectl.online.writers.base import PutRow
from serving.errors import ServingError
from serving.format.keys import key_encoder
from serving.format.rows import encode_tombstone, row_encoder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.registry import FeatureView
    from featurectl.warehouse.base import LatestRow
    from serving.format.keys import KeySpace

DAY_US = 86_400_000_000
SHOWN_PROBLEMS = 5


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
        self._now_us = now_us
        self._schema = schema_of(view)
        self._encode_key = key_encoder([(key.name, key.data_type) for key in view.join_keys])
        self._encode_values = row_encoder(self._schema)
        self._prefix = keyspace.row_prefix(view.name, view.version)

    def rows(self, batch: Iterable[LatestRow]) -> list[PutRow]:
        """The rows of a batch that can be written."""
        encoded = []
        for row in batch:
            ttl_ms = self._ttl_ms(row.event_us)
            if ttl_ms is not None and ttl_ms <= 0:
                self.expired += 1
                continue
            try:
                encoded.append(self._row(row, ttl_ms))
            except ServingError as error:
                self.rejected += 1
                if len(self.problems) < SHOWN_PROBLEMS:
                    self.problems.append(f"{self._view.reference_name}: {self._shown(row)}: {error.message}")
        return encoded

    def _row(self, row: LatestRow, ttl_ms: int | None) -> PutRow:
        if row.is_tombstone:
            encoded = encode_tombstone(self._schema, row.event_us, row.created_us)
        else:
            encoded = self._encode_values(row.event_us, row.created_us, row.values)
        return PutRow(f"{self._prefix}{self._encode_key(row.keys)}}}", encoded, ttl_ms)

    def _ttl_ms(self, event_us: int) -> int | None:
        """Milliseconds from now until e + ttl + max(ttl, one day), rounded up; None for a view without TTL."""
        if self._view.ttl_seconds is None:
            return None
        ttl_us = self._view.ttl_seconds * 1_000_000
        return -((self._now_us - event_us - ttl_us - max(ttl_us, DAY_US)) // 1000)

    def _shown(self, row: LatestRow) -> str:
        return ", ".join(f"{key.name}={value!r}" for key, value in zip(self._view.join_keys, row.keys, strict=True))
