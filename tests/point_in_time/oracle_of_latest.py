"""The newest row of each entity, found by looking at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle import View, winner

if TYPE_CHECKING:
    from datetime import datetime

    from engines import History
    from oracle import Row

FEATURES = ["level", "label", "ratio"]
VIEWS = {
    "readings": View(
        {"sensor_id": "sensor_id"},
        "event_at",
        FEATURES,
        created_timestamp="known_at",
        ttl_seconds=3600,
        tombstone="is_deleted",
    ),
    "pairs": View({"left_id": "left_id", "right_id": "right_id"}, "event_at", ["score", "remark"], ttl_seconds=3600),
    "constants": View({"place": "place"}, "valid_from", ["height"]),
}


def newest_rows(view: View, rows: list[Row], at: datetime | None) -> list[Row]:
    """The winner of each entity; among rows that tie in all that counts, the one with a known_at, then the greatest batch."""
    ordered = sorted(rows, key=lambda row: (row.get("known_at") is not None, row.get("batch", 0)), reverse=True)
    entities = {tuple(row[key] for key in view.join_keys) for row in rows}
    found = [
        winner(view, ordered, dict(zip(view.join_keys, entity, strict=True)) | {"at": at}, "at", known_at_cutoff=True)
        for entity in entities
    ]
    return [row for row in found if row is not None]


def latest(name: str, history: History) -> list[Row]:
    """What the model `latest_<name>` holds: as of the greatest time of the spine, or of none."""
    at = max((row["observed_at"] for row in history["spine"] if row["observed_at"]), default=None)
    return newest_rows(VIEWS[name], history[name], at)
