"""The column `split` of a training set: by a hash of the entity, or by time with an embargo; the rules are the macros'."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from featurectl.errors import TrainingSetError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from featurectl.training.session import SpineColumn

_DURATION = re.compile(r"(?P<count>[1-9]\d*)(?P<unit>[smhdw])")
_PERIODS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}


@dataclass(frozen=True, slots=True)
class HashSplit:
    """All rows of an entity fall in one split: the macro `split`.

    Attributes:
        weights: Split name to weight, in order, two or more.
        keys: Columns of the spine.
        salt: Another text gives another split.
    """

    weights: Mapping[str, float]
    keys: Sequence[str]
    salt: str = ""

    def jinja(self, _event_timestamp: str) -> str:
        """The macro call."""
        return f"featurectl.split(keys={list(self.keys)!r}, weights={dict(self.weights)!r}, salt={self.salt!r})"

    def require_fit(self, spine: Sequence[SpineColumn]) -> None:
        """Every key is a column of the spine, else TrainingSetError."""
        names = [column.name for column in spine]
        for key in self.keys:
            if key not in names:
                raise TrainingSetError(
                    f"split: expected a column of the spine, got {key!r}", hint=did_you_mean(key, names)
                )


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Rows before a boundary are `train`, those after it `validation` or `test`: the macro `split_by_time`.

    Attributes:
        boundaries: One or two ISO dates or timestamps; UTC where they do not say otherwise.
        embargo: dbt's shape, ``{"count": 7, "period": "day"}``: rows so close after a boundary are in no split.
    """

    boundaries: Sequence[str]
    embargo: Mapping[str, Any] | None = None

    def jinja(self, event_timestamp: str) -> str:
        """The macro call."""
        embargo = dict(self.embargo) if self.embargo else None
        return (
            f"featurectl.split_by_time(event_timestamp={event_timestamp!r}, boundaries={list(self.boundaries)!r}, "
            f"embargo={embargo!r})"
        )

    def require_fit(self, spine: Sequence[SpineColumn]) -> None:
        """The event timestamp is all it needs."""


Split = HashSplit | TimeSplit


def wrap(split: Split, event_timestamp: str) -> str:
    """Jinja that adds the column ``split`` to a query which takes the place of ``{join}``."""
    return (
        "select\n    split_rows.*,\n    {{ "
        + split.jinja(event_timestamp)
        + ' }} as "split"\nfrom (\n\n{join}\n\n) as split_rows'
    )


def split_record(split: Split | None) -> dict[str, Any] | None:
    """The split as JSON."""
    return None if split is None else asdict(split)


def split_of_record(record: Mapping[str, Any] | None) -> Split | None:
    """The split that was written as JSON."""
    if record is None:
        return None
    return TimeSplit(**record) if "boundaries" in record else HashSplit(**record)


def parse_duration(text: str) -> dict[str, Any]:
    """``7d`` as dbt writes it, ``{"count": 7, "period": "day"}``.

    Raises:
        TrainingSetError: It is no count with a unit.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise TrainingSetError(
            f"embargo: expected a count and a unit, got {text!r}", hint="Write 7d; the units are s, m, h, d and w."
        )
    return {"count": int(found["count"]), "period": _PERIODS[found["unit"]]}


def parse_weights(text: str) -> dict[str, float]:
    """``train=0.8,test=0.2`` as a mapping, in order.

    Raises:
        TrainingSetError: A part is no NAME=WEIGHT, or a name comes twice.
    """
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _, weight = part.partition("=")
        try:
            number = float(weight)
        except ValueError:
            number = 0.0
        if not name.strip() or name.strip() in weights or not 0 < number < float("inf"):
            raise TrainingSetError(
                f"split: expected different NAME=WEIGHT joined by commas, got {text!r}",
                hint="Write train=0.8,test=0.2.",
            )
        weights[name.strip()] = number
    return weights
