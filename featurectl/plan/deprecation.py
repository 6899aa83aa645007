"""Versions with a deprecation date: since when, and who still uses them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from featurectl.plan.description import Description, ViewKey


def deprecations(described: Description, now: datetime) -> list[str]:
    """A line for each view with a deprecation date, in the description's order.

    Args:
        described: Its services and training sets are the users.
        now: Aware.
    """
    return [line for key in described.views for line in deprecation(described, key, now)]


def deprecation(described: Description, key: ViewKey, now: datetime) -> list[str]:
    """The line of one view; none where it has no deprecation date."""
    view = described.views[key]
    if view.deprecation_date is None:
        return []
    users = [
        f"{noun} {each.name}"
        for noun, lists in (("service", described.services), ("training set", described.training_sets or {}))
        for each in lists.values()
        if any((feature.view, feature.version) == key for feature in each.features)
    ]
    used = f"; used by {', '.join(users)}" if users else ""
    return [f"{view.reference_name} {since(view.deprecation_date, now)}{used}"]


def since(written: str, now: datetime) -> str:
    """A deprecation date as the end of a sentence: ``is deprecated since 2026-06-30``."""
    try:
        date = datetime.fromisoformat(written)
    except ValueError:
        return f"has the deprecation date {written}"
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return f"is deprecated since {date:%Y-%m-%d}" if date <= now else f"will be deprecated on {date:%Y-%m-%d}"
