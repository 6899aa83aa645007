"""The column `split` of a training set: by a hash of the entity, or by time with an embargo; the rules are the macros'."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from featurectl.errors import TrainingSetError, did_you_mean
from featurectl.rules.block import SECONDS
from featurectl.training.instants import micros_of_text

if TYPE_CHECKING:
    from featurectl.training.session import SpineColumn

_DURATION = re.compile(r"(?P<count>[1-9]\d*)(?P<unit>[smhdw])")
_PERIODS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}
_MAX_BOUNDARIES = 2
_WEIGHTS_HINT = "Write {'train': 0.8, 'test': 0.2} (--split train=0.8,test=0.2); leave an empty split out."
_BOUNDARIES_HINT = (
    "Write ['2013-07-01', '2013-10-01 12:00:00'] (--split-at 2013-07-01,2013-10-01), also for a single one."
)
_EMBARGO_HINT = "Write {'count': 7, 'period': 'day'} (--embargo 7d)."


@dataclass(frozen=True, slots=True)
class HashSplit:
    """All rows of an entity fall in one split: the macro `split`.

    Attributes:
        weights: Split name to weight, in order, two or more.
        keys: Columns of the spine.
        salt: Another text gives another split.

    Raises:
        TrainingSetError: The macro would not take them.
    """

    weights: Mapping[str, float]
    keys: Sequence[str]
    salt: str = ""

    def __post_init__(self) -> None:
        """Judged here, for dbt is slow to find out and says less."""
        if not isinstance(self.weights, Mapping) or len(self.weights) < 2:  # noqa: PLR2004 - one split is none
            raise _expected("split weights", "two or more split names with weights", self.weights, _WEIGHTS_HINT)
        for name, weight in self.weights.items():
            if not isinstance(name, str) or not name or not _is_weight(weight):
                raise _expected("split weights", "names with weights above zero", {name: weight}, _WEIGHTS_HINT)
        if not math.isfinite(sum(self.weights.values())):
            raise _expected("split weights", "a finite sum", dict(self.weights), _WEIGHTS_HINT)
        if not _is_list(self.keys) or not self.keys or not all(isinstance(key, str) and key for key in self.keys):
            raise _expected("split keys", "a list of columns of the spine", self.keys, "Write ['tailnum'].")
        if not isinstance(self.salt, str):
            raise _expected("split salt", "a text", self.salt, "Write salt='2013'.")

    def jinja(self, _event_timestamp: str) -> str:
        """The macro call."""
        return f"featurectl.split(keys={list(self.keys)!r}, weights={self._plain_weights()!r}, salt={self.salt!r})"

    def _plain_weights(self) -> dict[str, float]:
        """Numbers of numpy are Python's, too, but are not written like them."""
        return {name: weight if type(weight) is int else float(weight) for name, weight in self.weights.items()}

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

    Raises:
        TrainingSetError: The macro would not take them.
    """

    boundaries: Sequence[str]
    embargo: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Judged here, for dbt is slow to find out and says less."""
        if not _is_list(self.boundaries) or not 1 <= len(self.boundaries) <= _MAX_BOUNDARIES:
            raise _expected("split boundaries", "a list of one or two", self.boundaries, _BOUNDARIES_HINT)
        instants = []
        for boundary in self.boundaries:
            instant = micros_of_text(boundary)
            if instant is None:
                raise _expected("split boundary", "a date or timestamp in ISO form", boundary, _BOUNDARIES_HINT)
            instants.append(instant)
        embargo = self._embargo_micros()
        if len(instants) == _MAX_BOUNDARIES and instants[1] <= instants[0] + embargo:
            rule = "a second one after the first and its embargo"
            raise _expected("split boundary", rule, self.boundaries[1], "Move it, or shorten the embargo.")

    def _embargo_micros(self) -> int:
        if self.embargo is None:
            return 0
        if not isinstance(self.embargo, Mapping) or set(self.embargo) != {"count", "period"}:
            raise _expected("embargo", "a mapping of count and period", self.embargo, _EMBARGO_HINT)
        count, period = self.embargo["count"], self.embargo["period"]
        is_count = isinstance(count, int) and not isinstance(count, bool) and count > 0
        if not is_count or not isinstance(period, str) or period not in SECONDS:
            rule = f"a positive count of one of {', '.join(SECONDS)}"
            raise _expected("embargo", rule, dict(self.embargo), _EMBARGO_HINT)
        seconds: int = count * SECONDS[period]
        return seconds * 1_000_000

    def jinja(self, event_timestamp: str) -> str:
        """The macro call."""
        embargo = dict(self.embargo) if self.embargo is not None else None
        return (
            f"featurectl.split_by_time(event_timestamp={event_timestamp!r}, boundaries={list(self.boundaries)!r}, "
            f"embargo={embargo!r})"
        )

    def require_fit(self, spine: Sequence[SpineColumn]) -> None:
        """The event timestamp is all it needs."""


Split = HashSplit | TimeSplit


def require_split(split: Any) -> None:
    """Raise TrainingSetError for what is neither a split nor None."""
    if split is not None and not isinstance(split, Split):
        raise _expected(
            "split", "HashSplit(...), TimeSplit(...) or None", split, "They are in featurectl.training.splits."
        )


def _expected(where: str, rule: str, got: Any, hint: str) -> TrainingSetError:
    return TrainingSetError(f"{where}: expected {rule}, got {got!r}", hint=hint)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _is_weight(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf


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
