"""What a slip is."""

from __future__ import annotations

from typing import NamedTuple


class Slip(NamedTuple):
    """One slip.

    Attributes:
        path: The file, from the root.
        old: What stands there, exactly once.
        new: What the slip makes of it.
        tests: Of pytest, from the root: files or single tests, one of which must fail.
    """

    path: str
    old: str
    new: str
    tests: tuple[str, ...]


def slips(path: str, *given: tuple[str, str, str]) -> list[Slip]:
    """Slips of one file, each (old, new, tests separated by blanks)."""
    return [Slip(path, old, new, tuple(tests.split())) for old, new, tests in given]
