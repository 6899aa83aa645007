"""A block of metadata (a mapping under `config.meta`), read key by key; whatever is wrong becomes a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from featurectl.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from featurectl.rules.finding import Place

SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_BY_SIZE = sorted(SECONDS.items(), key=lambda period_and_size: -period_and_size[1])
DURATION_HINT = "Write it as dbt does: {count: 7, period: day}."


def as_written(seconds: int) -> str:
    """A duration as YAML has it, in the greatest period that divides it: ``{count: 1, period: day}``."""
    period, size = next((period, size) for period, size in _BY_SIZE if seconds % size == 0)
    return f"{{count: {seconds // size}, period: {period}}}"


@dataclass(frozen=True, slots=True)
class Block:
    """Typed access to a mapping; every getter returns its default after reporting a wrong value.

    Attributes:
        key: Dotted path of the mapping, e.g. ``config.meta.feature_view``.
    """

    place: Place
    key: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, place: Place, key: str, value: Any, accepted: Collection[str], hint: str | None = None) -> Block | None:
        """The block at a key, its unknown keys reported; None when the value is no mapping."""
        if not isinstance(value, dict):
            place.expected("wrong-type", key, "a mapping", value, hint)
            return None
        for name in value:
            if name not in accepted:
                place.error(
                    "unknown-key",
                    f"{key}.{name}: expected one of {', '.join(sorted(accepted))}, got {name!r}",
                    did_you_mean(str(name), accepted),
                )
        return cls(place, key, value)

    def path(self, name: str) -> str:
        """The dotted path of one of the block's keys."""
        return f"{self.key}.{name}"

    def text(self, name: str) -> str | None:
        """A non-empty string, or None."""
        value = self.values.get(name)
        if value is None or (isinstance(value, str) and value):
            return value
        self.place.expected("wrong-type", self.path(name), "a non-empty string", value)
        return None

    def required_text(self, name: str, what: str, hint: str | None = None) -> str | None:
        """A non-empty string; reported when absent or null, as ``expected <what>, got none``."""
        if self.values.get(name) is None:
            self.place.error("required", f"{self.path(name)}: expected {what}, got none", hint)
            return None
        return self.text(name)

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean; the default when absent."""
        value = self.values.get(name, default)
        if isinstance(value, bool):
            return value
        self.place.expected("wrong-type", self.path(name), "true or false", value)
        return default

    def names(self, name: str) -> tuple[str, ...]:
        """A list of different, non-empty strings; empty when absent."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
            hint = f"Write `{name}: [{value}]`, also for a single one." if isinstance(value, str) else None
            self.place.expected("wrong-type", self.path(name), "a list of column names", value, hint)
            return ()
        if len(set(value)) < len(value):
            self.place.expected("duplicate", self.path(name), "each name once", value)
        return tuple(dict.fromkeys(value))

    def mapping(self, name: str, hint: str | None = None) -> dict[str, Any]:
        """A mapping; empty when absent."""
        value = self.values.get(name, {})
        if isinstance(value, dict):
            return value
        self.place.expected("wrong-type", self.path(name), "a mapping", value, hint)
        return {}

    def block(self, name: str, accepted: Collection[str], hint: str | None = None) -> Block | None:
        """A block within this one, or None."""
        value = self.values.get(name)
        return None if value is None else Block.of(self.place, self.path(name), value, accepted, hint)

    def seconds(self, name: str) -> int | None:
        """A duration {count, period} in seconds, or None."""
        duration = self.block(name, ("count", "period"), DURATION_HINT)
        if duration is None:
            return None
        count, period = duration.values.get("count"), duration.values.get("period")
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            self.place.expected("duration", duration.path("count"), "a positive integer", count, DURATION_HINT)
            return None
        if not isinstance(period, str) or period not in SECONDS:
            hint = did_you_mean(period, SECONDS) if isinstance(period, str) else DURATION_HINT
            self.place.expected("duration", duration.path("period"), f"one of {', '.join(SECONDS)}", period, hint)
            return None
        return count * SECONDS[period]
