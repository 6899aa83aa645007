"""The arguments of one Feast call: taken one by one, and what nobody took is a loss."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from featurectl.init.feast.values import Call, Selection, Symbol, Unknown

if TYPE_CHECKING:
    from featurectl.init.feast.definitions import Repository

# What Feast takes for granted: saying it again loses nothing.
_DEFAULTS: dict[str, Any] = {"offline": False, "enabled": True, "version": "latest", "enable_validation": False}
_SHOWN = 60
_MICROS = {
    "weeks": 604_800_000_000,
    "days": 86_400_000_000,
    "hours": 3_600_000_000,
    "minutes": 60_000_000,
    "seconds": 1_000_000,
    "milliseconds": 1_000,
    "microseconds": 1,
}


@dataclass(slots=True)
class Arguments:
    """The arguments of a call; every taker notes what it could not read."""

    repository: Repository
    call: Call
    name: str = ""
    left: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = dict(self.call.kwargs)
        if self.call.args and "name" not in self.left:
            self.left["name"] = self.call.args[0]
        else:
            self.left |= {f"argument {place}": value for place, value in enumerate(self.call.args, start=1)}
        self.name = self.text("name") or self.call.variable or self.call.name

    def lose(self, what: str) -> None:
        """A loss of this definition, at its line."""
        self.repository.lose(self.call.where, self.name, what)

    def take(self, *names: str) -> Any:
        """The first of these arguments that is there, or None; older names of one argument come after the newer."""
        found = None
        for name in names:
            value = self.left.pop(name, None)
            found = value if found is None else found
        return found

    def text(self, *names: str) -> str | None:
        """A text, or None where it is absent or not to be read."""
        value = self.take(*names)
        if value is not None and not isinstance(value, str):
            self.lose(f"{names[0]}={shown(value)} is not a text that can be read without running the file; fill it in")
            return None
        return value or None

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean."""
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.lose(f"{name}={shown(value)} is not a boolean that can be read; taken as {default}")
        return default

    def texts(self, name: str) -> dict[str, str]:
        """A mapping of texts."""
        value = self.take(name)
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return value
        self.lose(f"{name}={shown(value)} is not a mapping of texts that can be read; left out")
        return {}

    def items(self, *names: str) -> list[Any]:
        """A list; what cannot be read in it is noted and left out."""
        value = self.take(*names)
        if value is None:
            return []
        if not isinstance(value, list):
            self.lose(f"{names[0]}={shown(value)} is not a list that can be read; left out")
            return []
        for unknown in (each for each in value if isinstance(each, Unknown)):
            self.lose(f"{names[0]}: {shown(unknown)} cannot be read without running the file; left out")
        return [each for each in value if not isinstance(each, Unknown)]

    def seconds(self, name: str) -> int | None:
        """A duration in whole seconds; none and zero are no limit, both in Feast."""
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, Call) and value.name in {"timedelta", "Duration"}:
            parts = dict(zip(("days", "seconds"), value.args, strict=False)) | value.kwargs
            numbers = all(isinstance(number, int | float) for number in parts.values())
            if set(parts) <= set(_MICROS) and numbers:
                micros = round(sum(number * _MICROS[unit] for unit, number in parts.items()))
                if micros % 1_000_000:
                    self.lose(f"{name}={shown(value)} is no whole number of seconds; rounded up")
                return -(-micros // 1_000_000) or None
        self.lose(f"{name}={shown(value)} cannot be read without running the file; written without a TTL")
        return None

    def lose_the_rest(self) -> None:
        """Note every argument that nobody took, but those that say what Feast takes for granted."""
        for name, value in self.left.items():
            if value is not None and not (name in _DEFAULTS and value == _DEFAULTS[name]):
                self.lose(f"{name}={shown(value)} has no counterpart here; left out")
        self.left = {}


def shown(value: Any) -> str:
    """A value as in the file, on one line, cut."""
    match value:
        case Call(name=name, args=args, kwargs=kwargs):
            inside = [*map(shown, args), *(f"{key}={shown(each)}" for key, each in kwargs.items())]
            text = f"{name}({', '.join(inside)})"
        case Unknown(text=text):
            pass
        case Symbol(name=text):
            pass
        case Selection(base=base, keys=keys):
            text = f"{shown(base)}[{shown(keys)}]"
        case list():
            text = f"[{', '.join(map(shown, value))}]"
        case _:
            text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
