"""What can go wrong in featurectl, one tree.

    FeaturectlError            exit 1   a problem the user can fix
    ├── TrainingSetError       exit 2   the spine, the features or the options do not make a training set
    ├── ProjectError           exit 4   the dbt project, its profile or its manifest cannot be used
    ├── MetadataError          exit 4   feature views, training sets or services are declared wrongly
    ├── ReferenceSyntaxError   exit 5   a text that is no feature reference
    ├── UnknownNameError       exit 5   no such view, feature, version, service or entity
    ├── WarehouseError         exit 6   the warehouse cannot be reached or read
    ├── OnlineStoreError       exit 7   the online store cannot be reached, refuses, or holds something else
    └── SyncError              exit 8   some views were not published; the others were

Exit 2 is left to click (wrong usage) and, like 3, to ``plan`` (differences, breaking differences).
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHOWN = 10  # names a hint lists before it says "..."


class FeaturectlError(Exception):
    """A problem the user can fix.

    Args:
        message: What is wrong: where, what was expected, what came.
        hint: What to do next, as one imperative sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if hint:
            self.add_note(f"Hint: {hint}")  # a traceback prints it; str() stays the message alone


class TrainingSetError(FeaturectlError):
    """The spine, the features or the options do not make a training set; the message lists every problem found."""

    exit_code = 2  # as wrong usage: nothing of the project or the warehouse is broken

    @classmethod
    def of(cls, problems: Mapping[str, str | None]) -> TrainingSetError:
        """One error of one problem or more, each with its hint."""
        if len(problems) == 1:
            ((problem, hint),) = problems.items()
            return cls(problem, hint=hint)
        lines = "\n".join(f"  {problem}" + (f"\n    {hint}" if hint else "") for problem, hint in problems.items())
        return cls(f"{len(problems)} problems with the training set:\n{lines}")


class EntityKeyError(FeaturectlError):
    """The key of an entity, as text, is not what its views declare: values of other types, or another number of them."""

    exit_code = 2


class ProjectError(FeaturectlError):
    """The dbt project, its profile or its manifest is absent, unreadable, or another one than asked for."""

    exit_code = 4


class ReferenceSyntaxError(FeaturectlError):
    """A text that is no feature reference, whatever the registry holds."""

    exit_code = 5


class MetadataError(FeaturectlError):
    """Feature views, training sets or services are declared wrongly; the message lists every problem found."""

    exit_code = 4


class UnknownNameError(FeaturectlError):
    """A name that the registry does not have.

    Args:
        kind: What the name should be, e.g. ``feature view``.
        name: The name as given.
        known: The names there are; the hint offers the nearest.
        hint: Said instead of the nearest names.
    """

    exit_code = 5

    def __init__(self, kind: str, name: str, known: Iterable[str], *, hint: str | None = None) -> None:
        article = "an" if kind[0] in "aeiou" else "a"
        super().__init__(f"expected the name of {article} {kind}, got {name!r}", hint=hint or did_you_mean(name, known))
        self.kind = kind
        self.name = name


class WarehouseError(FeaturectlError):
    """The warehouse cannot be reached, opened or read."""

    exit_code = 6


class OnlineStoreError(FeaturectlError):
    """The online store cannot be reached, refuses a command, or holds what it should not."""

    exit_code = 7


class SyncError(FeaturectlError):
    """Some views were not published; the message names each with its reason."""

    exit_code = 8


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known names, or with all of them when none is near."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(match) for match in near)}?"
    if not names:
        return "There is none in this project."
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f"There is: {shown}."
