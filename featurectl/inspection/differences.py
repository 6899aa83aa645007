"""What verifying a view found, by feature and by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SHOWN = 10
OUTCOMES = ("equal", "different", "missing", "extra", "stale")


@dataclass(frozen=True, slots=True)
class Difference:
    """One entity whose online row is not what the warehouse says.

    Attributes:
        entity: Its key text.
        outcome: One of `OUTCOMES`.
        feature: The feature that differs; None where the whole row does.
        expected: The warehouse's value, or of a whole row what it is.
        online: The store's, likewise.
    """

    entity: str
    outcome: str
    feature: str | None
    expected: Any
    online: Any


@dataclass(slots=True)
class Verification:
    """The outcome of one view.

    Attributes:
        watermark_us: The instant of the comparison; None where nothing is online.
        rows: Entities compared.
        scanned: Whether keys that the warehouse lacks were looked for.
        expired: Rows past their expiry, which need not be there.
        other_features: Rows online that were written with other features, or types, than the manifest's.
        outcomes: Rows by outcome.
        features: Feature to values by outcome; the values of a missing, extra or stale row count as such.
        differences: The first of them.
        problems: Why the view could not be (wholly) verified.
        hint: What to do about it, where an error said so.
    """

    view: str
    watermark_us: int | None = None
    rows: int = 0
    scanned: bool = False
    expired: int = 0
    other_features: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    features: dict[str, dict[str, int]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    hint: str | None = None
    seconds: float = 0.0

    @property
    def succeeded(self) -> bool:
        """True where everything compared was equal."""
        return not self.problems and all(not self.outcomes[each] for each in OUTCOMES if each != "equal")

    def count_row(self, outcome: str, difference: Difference | None = None, *, rows: int = 1) -> None:
        """Count whole rows, and each of their features, as one outcome."""
        self.outcomes[outcome] += rows
        for counts in self.features.values():
            counts[outcome] += rows
        if difference is not None:
            self.show(difference)

    def show(self, difference: Difference) -> None:
        """Keep a difference if it is among the first."""
        if len(self.differences) < SHOWN:
            self.differences.append(difference)
