"""What can go wrong in serving, one tree.

ServingError
├── ConfigError               a URL, a namespace or an environment variable cannot be used
├── RequestError              the request cannot be answered as it stands
│   ├── UnknownFeatureError   no such service, view, version or feature
│   ├── NameClashError        two columns of the answer would have one name
│   ├── MissingJoinKeyError   the entity rows lack a join key column
│   ├── TooManyEntitiesError  more entity rows than the client's limit
│   └── KeyTypeError          a join key's value has another type than declared
├── CatalogError              the store holds no catalog, or one this version cannot read
├── StoreError                the online store is unreachable, refuses, or is loading
├── MissingPackageError       a conversion needs a package that is not installed
└── FormatError               something the wire format cannot hold or does not know
    ├── UnservableTypeError   a warehouse type that cannot be served, or not as a key
    ├── ConversionError       values that an array or a table cannot hold
    ├── ValueTypeError        a value that does not fit its column's type
    └── CorruptRowError       stored bytes that are no row
"""

from __future__ import annotations

import difflib
from copyreg import __newobj__  # type: ignore[attr-defined] # pickle's own way to make an object without __init__
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


_NULLS_OF_PANDAS = frozenset({"nan", "NaT", "<NA>"})
_NULL_HINT = "A null key is None; of a data frame: frame.astype(object).where(frame.notna(), None).to_dict('records')."
_TYPE_HINT = "Pass the value with the type of the view's join key; text is never read as a number."
_SHOWN = 10
_HOPELESS = 3  # times as long as the longest known name: then no two can be alike to six tenths


class ServingError(Exception):
    """A problem the caller can fix.

    Args:
        message: What is wrong: where, what was expected, what came.
        hint: What to do next, as one imperative sentence.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}\nHint: {self.hint}" if self.hint else message

    def __reduce__(self) -> tuple[Any, ...]:
        # As it is, not made anew: what the subclasses are made of is not kept, and errors travel between processes.
        return __newobj__, (type(self), *self.args), vars(self)

    @property
    def message(self) -> str:
        """The message without the hint."""
        return super().__str__()


class ConfigError(ServingError):
    """A store URL, a namespace or an environment variable is absent or malformed."""


class RequestError(ServingError):
    """The request cannot be answered as it stands; the store was not asked."""


class UnknownFeatureError(RequestError):
    """A service, view, version or feature that the catalog does not have.

    Args:
        kind: What the name should be, e.g. ``feature of view 'plane_delays'``.
        name: The name as given.
        known: The names there are; the hint offers the nearest.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"expected the name of a {kind}, got {name!r}", hint=did_you_mean(name, known))
        self.kind = kind
        self.name = name


class NameClashError(RequestError):
    """Two columns of the answer would have one name."""


class MissingJoinKeyError(RequestError):
    """The entity rows lack a join key column.

    Args:
        column: The request column that is missing.
        view: The feature view that needs it.
        where: Where it is missing, e.g. ``entity_rows[3]``.
        given: The columns that are there.
    """

    def __init__(self, column: str, view: str, where: str, given: Iterable[str]) -> None:
        shown = ", ".join(sorted(map(str, given))) or "none"
        super().__init__(
            f"{where}: expected the join key column {column!r} of view {view!r}, got the columns: {shown}",
            hint=f"Add {column!r} to every entity row; a null there is allowed and answers NOT_FOUND.",
        )
        self.column = column
        self.view = view


class TooManyEntitiesError(RequestError):
    """More entity rows than one look-up takes.

    Args:
        given: How many came.
        limit: How many are taken.
    """

    def __init__(self, given: int, limit: int) -> None:
        super().__init__(
            f"entity_rows: expected at most {limit} rows, got {given}",
            hint="Ask in several look-ups, or raise max_entities of the FeatureStore.",
        )
        self.given = given
        self.limit = limit


class KeyTypeError(RequestError):
    """A join key's value has another type than the view declares.

    Args:
        column: The join key's column.
        expected: What is accepted, e.g. ``int64 (an int)``.
        value: The value as given.
    """

    def __init__(self, column: str, expected: str, value: object) -> None:
        super().__init__(
            f"join key {column!r}: expected {expected}, got {value!r}",
            hint=_NULL_HINT if not isinstance(value, str) and str(value) in _NULLS_OF_PANDAS else _TYPE_HINT,
        )
        self.column = column
        self.value = value


class CatalogError(ServingError):
    """The store holds no catalog for the namespace, or one that this version cannot read."""


class StoreError(ServingError):
    """The online store is unreachable, refuses the command, is still loading, or took too long."""


class MissingPackageError(ServingError):
    """A conversion needs a package that is not installed.

    Args:
        package: As pip knows it.
        method: That needs it.
    """

    def __init__(self, package: str, method: str) -> None:
        super().__init__(f"{method}: expected the package {package}, found none", hint=f"pip install {package}")
        self.package = package


class FormatError(ServingError):
    """Something the wire format cannot hold or does not know."""


class ConversionError(FormatError):
    """Values that the wanted form cannot hold, e.g. text in a matrix of floats.

    Args:
        column: Of the answer.
        expected: What the form holds.
        got: What the column holds.
        hint: What to do next.
    """

    def __init__(self, column: str, expected: str, got: str, *, hint: str) -> None:
        super().__init__(f"{column}: expected {expected}, got {got}", hint=hint)
        self.column = column


class UnservableTypeError(FormatError):
    """A warehouse type that cannot be served, or cannot be a join key.

    Args:
        type_text: The type as written in the warehouse or the contract.
        rule: What would be accepted instead.
        hint: What to do next.
    """

    def __init__(self, type_text: str, rule: str, *, hint: str) -> None:
        super().__init__(f"expected {rule}, got {type_text!r}", hint=hint)
        self.type_text = type_text


class ValueTypeError(FormatError):
    """A value that does not fit the type of its column.

    Args:
        type_name: Canonical name of the column's type.
        value: The value as given.
    """

    def __init__(self, type_name: str, value: object) -> None:
        super().__init__(
            f"expected a value of type {type_name}, got {value!r} ({type(value).__name__})",
            hint="Cast the column in the model to the type its contract declares.",
        )
        self.type_name = type_name
        self.value = value


class CorruptRowError(FormatError):
    """Stored bytes that are no row: answered as INVALID, or raised where the client says ``on_corrupt="raise"``.

    Args:
        key: The row's key in the store, or what else names it.
        problem: What was expected and what came.
        hint: What to do next; by default, to publish the view again.
    """

    def __init__(self, key: str, problem: str, *, hint: str | None = None) -> None:
        super().__init__(
            f"{key}: {problem}",
            hint=hint or "Publish the view again: featurectl sync-online --full-refresh --select <view>.",
        )
        self.key = key


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known names, or with the first ten of all when none is near."""
    names = sorted(set(known))
    # One so much longer cannot be near, and difflib would look at each of its letters: a second for the body of a hostile request.
    is_hopeless = len(name) > _HOPELESS * max(map(len, names), default=0)
    near = [] if is_hopeless else difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(match) for match in near)}?"
    if not names:
        return "There is none in this catalog."
    shown = ", ".join([*names[:_SHOWN], *(["..."] if len(names) > _SHOWN else [])])
    return f"There is: {shown}."
