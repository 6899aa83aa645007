"""What stands behind one value of an answer."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What stands behind one value of an answer."""

    PRESENT = "PRESENT"
    NULL_VALUE = "NULL_VALUE"
    """The newest row holds a null."""
    NOT_FOUND = "NOT_FOUND"
    """No row, a tombstone, a null key: the default, or None. Or the row does not hold the feature yet: None."""
    OUTSIDE_MAX_AGE = "OUTSIDE_MAX_AGE"
    """The newest row is older than the view's TTL: the default, or None; its value only where stale values were asked for."""
    INVALID = "INVALID"
    """The stored bytes are no row that can be read: None, never a default."""
