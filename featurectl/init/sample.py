"""A little data to begin with: made by arithmetic, dated up to the day before it is written."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

ENTITIES = 25
LATE_EVERY = 7  # each seventh event arrives a day later
DAYS = 60
COUNTRIES = ("DE", "FR", "JP", "US")
PLANS = ("free", "basic", "pro")


def events_csv(entity: str, today: date) -> str:
    """One row an event of the 60 days before `today`; most are recorded an hour later, some a day later."""
    start = datetime.combine(today, time(), UTC) - timedelta(days=DAYS)
    rows = []
    for number in range(1, ENTITIES + 1):
        every_hours = 20 + (number * 37) % 160
        happened = start + timedelta(hours=number * 3)
        count = 0
        while (recorded := happened + timedelta(hours=1 if (count + 1) % LATE_EVERY else 24)) < start + timedelta(
            days=DAYS
        ):
            amount = f"{5 + (number * 13 + count * 29) % 95}.{(number * 7 + count * 3) % 100:02}"
            rows.append((happened, f"{entity_key(entity, number)},{_text(happened)},{_text(recorded)},{amount}"))
            count += 1
            happened += timedelta(hours=every_hours + (count * 11) % 24)
    lines = [f"{place},{row}" for place, (_, row) in enumerate(sorted(rows), start=1)]
    return "\n".join([f"event_id,{entity}_id,happened_at,recorded_at,amount", *lines]) + "\n"


def profiles_csv(entity: str, today: date) -> str:
    """One row each time the profile of an entity changed: all at the start, every third once more since."""
    start = datetime.combine(today, time(), UTC) - timedelta(days=DAYS)
    rows = []
    for number in range(1, ENTITIES + 1):
        key, country = entity_key(entity, number), COUNTRIES[number % len(COUNTRIES)]
        rows.append(f"{key},{_text(start)},{country},{PLANS[number % len(PLANS)]}")
        if number % 3 == 0:
            rows.append(
                f"{key},{_text(start + timedelta(days=10 + number))},{country},{PLANS[(number + 1) % len(PLANS)]}"
            )
    return "\n".join([f"{entity}_id,changed_at,country,plan", *rows]) + "\n"


def entity_key(entity: str, number: int) -> str:
    """``c01`` for the first customer."""
    return f"{entity[0]}{number:02}"


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S")
