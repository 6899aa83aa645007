"""Which keys a full refresh has written, in eight bytes a key."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTS = 4096


class KeySet:
    """A set of keys, told by their 64-bit hashes: add all, seal, then ask.

    A key that was not added counts as added with a probability of its size / 2^64; the other way round it never errs.
    """

    def __init__(self) -> None:
        self._parts = [array("q") for _ in range(_PARTS)]

    def add(self, keys: Iterable[str]) -> None:
        """Add keys; equal ones count once."""
        parts = self._parts
        for number in map(hash, keys):
            parts[number % _PARTS].append(number)

    def seal(self) -> None:
        """Sort, so that it can be asked."""
        self._parts = [array("q", sorted(part)) for part in self._parts]

    def __contains__(self, key: str) -> bool:
        number = hash(key)
        part = self._parts[number % _PARTS]
        place = bisect_left(part, number)
        return place < len(part) and part[place] == number
