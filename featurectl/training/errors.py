"""What is wrong with a request for a training set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.errors import FeaturectlError

if TYPE_CHECKING:
    from collections.abc import Mapping


class TrainingSetError(FeaturectlError):
    """The spine, the features or the options do not make a training set; the message lists every problem found.

    Exit 2, as wrong usage: nothing of the project or the warehouse is broken.
    """

    exit_code = 2

    @classmethod
    def of(cls, problems: Mapping[str, str | None]) -> TrainingSetError:
        """One error of one problem or more, each with its hint."""
        if len(problems) == 1:
            ((problem, hint),) = problems.items()
            return cls(problem, hint=hint)
        lines = "\n".join(f"  {problem}" + (f"\n    {hint}" if hint else "") for problem, hint in problems.items())
        return cls(f"{len(problems)} problems with the training set:\n{lines}")
