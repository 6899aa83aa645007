"""Rows kept in the process for a moment, so that a hot entity is not fetched again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from serving.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Cache:
    """A bounded cache of rows, and of their absence, for one or more clients of one store; safe to share between threads.

    It holds rows, not answers: the TTL is applied at each look-up, so nothing is ever served beyond it. What it adds is that a
    newer row may be seen up to `max_age_seconds` late.

    Args:
        max_entries: Most rows kept; the oldest go first.
        max_age_seconds: How long a row is taken for the store's.

    Raises:
        ConfigError: A bound that is not positive.
    """

    __slots__ = ("_lock", "_max_age", "_rows", "hits", "max_entries", "misses")

    def __init__(self, max_entries: int, max_age_seconds: float) -> None:
        try:
            are_bounds = max_entries >= 1 and max_age_seconds > 0
        except TypeError:
            are_bounds = False
        if not are_bounds:
            raise ConfigError(
                f"cache: expected positive bounds, got max_entries={max_entries!r}, max_age_seconds={max_age_seconds!r}",
                hint="Write Cache(max_entries=100_000, max_age_seconds=1.0), or leave the cache out.",
            )
        self.max_entries = max_entries
        self.hits = 0
        self.misses = 0
        self._max_age = max_age_seconds
        self._rows: dict[str, tuple[float, bytes | None]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def known(self, keys: Sequence[str]) -> dict[str, bytes | None]:
        """The rows at hand, None for a row known to be absent; keys that are not at hand are left out."""
        oldest = time.monotonic() - self._max_age
        rows = self._rows
        found = {}
        for key in keys:
            entry = rows.get(key)
            if entry is not None and entry[0] >= oldest:
                found[key] = entry[1]
        with self._lock:
            self.hits += len(found)
            self.misses += len(keys) - len(found)
        return found

    def keep(self, keys: Sequence[str], rows: Sequence[bytes | None], asked_at: float) -> None:
        """Remember rows.

        Args:
            keys: Of the rows.
            rows: As the store gave them.
            asked_at: When it was asked (`time.monotonic`), for the age counts from then.
        """
        with self._lock:
            kept = self._rows
            for key, row in zip(keys, rows, strict=True):
                kept.pop(key, None)  # to the end, for the oldest come first
                kept[key] = (asked_at, row)
            while len(kept) > self.max_entries:
                del kept[next(iter(kept))]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._rows.clear()
