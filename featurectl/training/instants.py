"""Instants as people write them: ISO dates and timestamps, by the rules of the macro `_micros_of_text`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_SIXTY = "[0-5][0-9]"
_CLOCK = f"([01][0-9]|2[0-3]):{_SIXTY}"
_ISO = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T]{_CLOCK}(:{_SIXTY}([.][0-9]{{6}})?)?(Z|[+-]{_CLOCK})?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros_of_text(text: Any) -> int | None:
    """UTC microseconds since 1970, without an offset in UTC; None where it is no ISO date or timestamp."""
    if not isinstance(text, str) or not _ISO.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:  # no such day
        return None
    zoned = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (zoned - _EPOCH) // timedelta(microseconds=1)
