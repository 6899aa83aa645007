"""What a run of mutants says of each, and in the end."""

from __future__ import annotations

import sys


class Telling:
    """Prints a line for each mutant, as soon as it is known what became of it."""

    def __init__(self) -> None:
        self._count = self._survived = 0

    def tell(self, killed: bool, seconds: float, path: str, old: str, new: str, by: str) -> None:
        """One mutant, and what should have killed it."""
        self._count += 1
        self._survived += not killed
        print(
            f"{'killed  ' if killed else 'SURVIVED'} {seconds:5.1f} s  {path}: {old.strip()!r} -> {new.strip()!r}  [{by}]",
            flush=True,
        )

    def exit(self) -> None:
        """Exit 1 when one survived."""
        print(f"{self._count - self._survived} of {self._count} mutants killed")
        sys.exit(bool(self._survived))
