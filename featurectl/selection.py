"""Which views a command works on: names, versions and tags, as dbt's users write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.registry import FeatureView


def select_views(views: Sequence[FeatureView], select: Sequence[str], exclude: Sequence[str]) -> list[FeatureView]:
    """Views that any of `select` means (all without one) and none of `exclude`, in the registry's order.

    Args:
        select: ``name`` (every version), ``name@v2``, ``tag:name`` or ``entity:name``; several in one string are a union.

    Raises:
        UnknownNameError: One of them means no view.
    """
    wanted = _meant(views, select) if select else {view.unique_id for view in views}
    unwanted = _meant(views, exclude)
    return [view for view in views if view.unique_id in wanted - unwanted]


def _meant(views: Sequence[FeatureView], selectors: Sequence[str]) -> set[str]:
    meant: set[str] = set()
    for selector in (part for text in selectors for part in text.split()):
        found = {view.unique_id for view in views if selector in _names(view)}
        if not found:
            raise UnknownNameError(
                "feature view to select", selector, {name for view in views for name in _names(view)}
            )
        meant |= found
    return meant


def _names(view: FeatureView) -> set[str]:
    return {view.name, view.reference_name, f"entity:{view.entity}", *(f"tag:{tag}" for tag in view.tags)}
