"""The dbt manifest as a feature registry: list, check, sync and verify feature views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from featurectl.project import Project

__all__ = ["Project"]


def __getattr__(name: str) -> Any:
    """Load `Project` when it is first asked for, so that importing a part of the package stays light."""
    if name == "Project":
        from featurectl.project import Project  # noqa: PLC0415

        return Project
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
