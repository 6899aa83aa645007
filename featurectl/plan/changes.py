"""What a plan consists of: changes, their details, and what each of them breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Action = Literal["added", "changed", "removed"]
Kind = Literal["view", "service", "training set"]

NO_DIFFERENCE, DIFFERENCE, BREAKING = 0, 2, 3


@dataclass(frozen=True, slots=True)
class Breaking:
    """Why a change breaks something, and what.

    Attributes:
        reason: What is not as its users expect, e.g. ``the feature 'remark' is gone``.
        services: Names of those that break, sorted; with no training set either, every client may.
        training_sets: Likewise.
    """

    reason: str
    services: tuple[str, ...] = ()
    training_sets: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The reason and the names."""
        return f"{self.reason}; breaks {self.broken}"

    @property
    def broken(self) -> str:
        """What breaks, in words."""
        parts = [
            f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"
            for noun, names in (("service", self.services), ("training set", self.training_sets))
            if names
        ]
        return " and ".join(parts) or "whoever asks for it"


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is different.

    Attributes:
        path: What, e.g. ``features.delay_avg_7d`` or ``ttl_seconds``.
        before: Its value, None where there was none; of ``sql`` always None.
        after: Likewise; of ``sql`` the names of the models whose SQL is another.
    """

    path: str
    action: Action
    before: Any
    after: Any
    breaking: Breaking | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A view, service or training set that is not what it was.

    Attributes:
        name: Reference name of a view (``name@v2``), else the name.
        details: Of a change; an added view's features.
        removal: What the removal as a whole breaks.
    """

    action: Action
    kind: Kind
    name: str
    details: tuple[Detail, ...] = ()
    removal: Breaking | None = None

    @property
    def breaking(self) -> tuple[Breaking, ...]:
        """All that breaks."""
        found = [self.removal, *(detail.breaking for detail in self.details)]
        return tuple(breaking for breaking in found if breaking is not None)


@dataclass(frozen=True, slots=True)
class Movement:
    """What a sync of one view would move.

    Attributes:
        read: What would be read and why.
        rows: To read: the newest due one of each entity; those not older than what is online are written.
        bytes: Of those rows.
        problem: Why nothing would be written.
    """

    view: str
    read: str
    rows: int
    bytes: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is different.

    Attributes:
        against: What it was compared with, in words.
        changes: Views, then services, then training sets, each by name.
        retired: What left an earlier manifest and is still served, e.g. ``view pairs@v1``.
        warnings: What to know besides.
        movements: One a view; None where nobody asked.
    """

    against: str
    changes: tuple[Change, ...]
    retired: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    movements: tuple[Movement, ...] | None = None

    @property
    def exit_code(self) -> int:
        """0 without a difference, 2 with one, 3 with a breaking one; rows to move are no difference."""
        if any(change.breaking for change in self.changes):
            return BREAKING
        return DIFFERENCE if self.changes else NO_DIFFERENCE

    def count(self, action: Action) -> int:
        """How many changes are of one action."""
        return sum(change.action == action for change in self.changes)

    @property
    def breaking_count(self) -> int:
        """How many changes break something."""
        return sum(bool(change.breaking) for change in self.changes)
