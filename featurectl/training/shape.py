"""Whether a spine and a request fit together: columns, types and names, all problems found at once."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from featurectl.errors import TrainingSetError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.registry import Column
    from featurectl.training.request import Request
    from featurectl.training.session import SpineColumn

_SHOWN = 10  # columns of a spine that an error names

# Kinds of types that compare with each other, by their first word on any engine: the macro `_type_kind`, which judges
# contracts, says the same.
_KINDS = (
    ("time", r"date|datetime|timestamp.*"),
    ("text", r"varchar|text|string|char|character|bpchar|nvarchar"),
    ("boolean", r"boolean|bool"),
    ("integer", r"u?(tiny|small|big|huge|byte)?int(eger)?|u?int[0-9]+|long|short|byte"),
    ("number", r"decimal|numeric|double|float|real|float4|float8|float64"),
)


def type_kind(data_type: str) -> str:
    """``time``, ``text``, ``boolean``, ``integer``, ``number`` or ``other``, of a type in any engine's spelling."""
    text = data_type.lower()
    word = re.match(r"[a-z0-9_]*", text)
    if word is None or "[" in text or "<" in text:
        return "other"
    return next((kind for kind, pattern in _KINDS if re.fullmatch(pattern, word[0])), "other")


def require_fit(
    request: Request, spine: Sequence[SpineColumn], added: Sequence[str] = (), *, folds_case: bool = False
) -> None:
    """Compare the spine with what the request needs of it.

    Args:
        spine: Its columns, in order.
        added: Names of columns that come besides the features, e.g. ``split``.
        folds_case: Whether the engine takes names that differ in case alone as one.

    Raises:
        TrainingSetError: A column is missing or of another kind of type, or a name is taken.
    """
    fit = _Fit(spine, folds_case=folds_case)
    fit.event_timestamp(request.event_timestamp)
    for wanted in request.features:
        for join_key in wanted.view.join_keys:
            name = wanted.feature.join_keys.get(join_key.name, join_key.name)
            fit.join_key(wanted.view.reference_name, join_key, name)
    fit.new_names([*(wanted.feature.output_name for wanted in request.features), *added])
    if fit.problems:
        raise TrainingSetError.of(fit.problems)


class _Fit:
    """Collects what does not fit, each problem once with its hint, in the order of discovery."""

    def __init__(self, spine: Sequence[SpineColumn], *, folds_case: bool) -> None:
        self.problems: dict[str, str | None] = {}
        self._folds_case = folds_case
        self._names = [column.name for column in spine]
        self._by_name = {self._key(column.name): column for column in spine}

    def event_timestamp(self, name: str) -> None:
        column = self._by_name.get(self._key(name))
        if column is None:
            self.problems[f"event_timestamp: expected a column of the spine, got {name!r}"] = did_you_mean(
                name, self._names
            )
        elif type_kind(column.data_type) not in {"time", "other"}:
            self.problems[
                f"event_timestamp: expected a date or timestamp, got {column.name!r} of type {column.data_type}"
            ] = f"Cast it in the spine: cast({column.name} as timestamp)."

    def join_key(self, view: str, join_key: Column, name: str) -> None:
        where = f"join key {join_key.name!r} of {view}"
        column = self._by_name.get(self._key(name))
        if column is None:
            near = f"Did you mean {found[0]!r}? " if (found := get_close_matches(name, self._names, n=1)) else ""
            self.problems[f"{where}: expected a column {name!r} in the spine, got {_shown(self._names)}"] = (
                f"{near}Map it to one of them: join_keys={{{join_key.name!r}: '<column>'}} in Python, "
                f"--join-key {join_key.name}=<column> in a shell."
            )
            return
        kinds = {type_kind(join_key.data_type), type_kind(column.data_type)}
        if len(kinds) > 1 and "other" not in kinds:
            self.problems[
                f"{where}: expected a type of the kind of {join_key.data_type}, "
                f"got {column.name!r} of type {column.data_type}"
            ] = "Cast it in the spine."

    def new_names(self, names: Sequence[str]) -> None:
        taken = {name.lower() for name in self._names}
        for name in names:
            if name.lower() in taken:
                self.problems[f"features: expected output columns that the spine has not, got {name!r}"] = (
                    "Rename the spine's column, or, in Python or a training_set model, give the item a prefix: "
                    "{'view': ..., 'prefix': ...}."
                )

    def _key(self, name: str) -> str:
        return name.lower() if self._folds_case else name


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f", ... ({len(names)})" if len(names) > _SHOWN else "")
