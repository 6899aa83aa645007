"""One namespace of an online store, read as serving reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.online.writers import open_writer
from featurectl.online.writers.base import readable
from serving.errors import CorruptRowError
from serving.format.catalog import decode_catalog
from serving.format.schemas import Schema
from serving.format.state import decode_state
from serving.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from serving.format.catalog import Catalog
    from serving.format.keys import KeySpace
    from serving.format.state import State

MGET_KEYS = 1_000


class OnlineReader:
    """Reads rows, states and the catalog; every method raises OnlineStoreError.

    Args:
        url: Of the store; an embedded one that is not there is not made.
        keyspace: Of the namespace.
    """

    def __init__(self, url: str, keyspace: KeySpace) -> None:
        self.keyspace = keyspace
        self._url = url
        with readable():
            self._store = open_store(url)

    def rows(self, keys: Sequence[str]) -> list[bytes | None]:
        """The stored rows of the keys, in their order."""
        with readable():
            return [
                row
                for start in range(0, len(keys), MGET_KEYS)
                for row in self._store.mget(keys[start : start + MGET_KEYS])
            ]

    def schema(self, view: str, schema_id: int) -> Schema | None:
        """A row schema of the view; None where the store has none that can be read."""
        key = self.keyspace.schema(view, schema_id)
        (encoded,) = self.rows([key])
        try:
            return None if encoded is None else Schema.decode(encoded, key=key)
        except CorruptRowError:
            return None

    def state(self, view: str, version: int) -> State | None:
        """What the view's last sync left behind."""
        key = self.keyspace.state(view, version)
        (encoded,) = self.rows([key])
        with readable():
            return None if encoded is None else decode_state(encoded, where=key)

    def catalog(self) -> Catalog | None:
        """What the namespace serves; None where nothing is published yet."""
        with readable():
            fields = self._store.hgetall(self.keyspace.catalog)
            return decode_catalog(fields, where=self.keyspace.catalog) if fields else None

    def keys(self, view: str, version: int) -> Iterator[str]:
        """All row keys of the view, in no order; one may come twice."""
        writer = open_writer(self._url, self.keyspace.namespace)
        try:
            yield from writer.scan_keys(view, version)
        finally:
            writer.close()

    def close(self) -> None:
        """Give connections back."""
        self._store.close()
