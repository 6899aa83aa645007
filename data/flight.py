"""The flight that the demo is about: chosen by a query, told in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

# Late flights that left before their scheduled departure. At that instant the newest row of plane_delays is of the flight
# itself, and holds the delay that the model is to foretell. The most telling first: a punctual plane, the greatest delay.
CHOOSE = """
select
    labels.flight_id, labels.tailnum, labels.origin, labels.dest, labels.carrier, labels.scheduled_departure,
    newest.departed_at, newest.known_at, newest.arr_delay_last_minutes as leaked_minutes
from late_arrival_labels as labels
join late_arrival_training as training using (flight_id)
join stg_flights as flights using (flight_id)
asof join plane_delays as newest
    on labels.tailnum = newest.tailnum
    and labels.scheduled_departure >= newest.departed_at
where labels.is_late
    and newest.departed_at = flights.departed_at
    and training.plane_arr_delay_last_minutes < 0
    and training.manufacturer is not null
order by leaked_minutes desc, labels.flight_id
limit 1
"""
TRAINING_ROW = "select * from late_arrival_training where flight_id = ?"
SHOWN = (
    "plane_arr_delay_last_minutes",
    "plane_late_share_7d",
    "manufacturer",
    "route_arr_delay_avg_7d",
    "carrier_late_share_7d",
    "origin_movements_count_1h",
    "dest_delay_avg_3h_minutes",
    "origin_wind_gust_mph",
    "origin_precipitation_inches",
)


@dataclass(frozen=True, slots=True)
class Flight:
    """A row of late_arrival_training, and what a join without the created timestamp would have found.

    Attributes:
        scheduled_departure: Naive, UTC; so are the other instants.
        leaked_minutes: The flight's own arrival delay, known at ``known_at``.
        training_row: Column names to values.
    """

    flight_id: str
    entity: dict[str, str]
    scheduled_departure: datetime
    departed_at: datetime
    known_at: datetime
    leaked_minutes: int
    training_row: dict[str, Any]

    @property
    def as_of(self) -> str:
        """The scheduled departure, as the command line takes it."""
        return f"{self.scheduled_departure.isoformat()}Z"


def choose(warehouse: duckdb.DuckDBPyConnection) -> Flight:
    """The same flight from every build of the same data."""
    found = _row(warehouse.execute(CHOOSE))
    entity = {name: found.pop(name) for name in ("tailnum", "origin", "dest", "carrier")}
    return Flight(**found, entity=entity, training_row=_row(warehouse.execute(TRAINING_ROW, [found["flight_id"]])))


def differences(training_row: dict[str, Any], looked_up: dict[str, Any]) -> list[str]:
    """What is not the same in value and type, a phrase a feature."""
    return [
        f"{name}: {training_row[name]!r} in the training row, {value!r} online"
        for name, value in looked_up.items()
        if (training_row[name], type(training_row[name])) != (value, type(value))
    ]


def tell(flight: Flight, looked_up: dict[str, Any]) -> str:
    """The flight, its features from both sides, and why the created timestamp matters."""
    at = f"{flight.scheduled_departure:%H:%M}"
    lines = [
        "",
        f"Flight {flight.flight_id}",
        "  Plane {tailnum} is to leave {origin} for {dest}".format_map(flight.entity) + f" at {at} UTC.",
        "  Will it arrive 15 minutes late or more? A model has to say so now, from what is known now.",
        "",
        f"  {'feature':31}{'training row':>18}{'online':>18}",
        *(f"  {name:31}{_text(flight.training_row[name]):>18}{_text(looked_up[name]):>18}" for name in SHOWN),
        f"  ... and {len(looked_up) - len(SHOWN)} more",
        "",
    ]
    equal = len(looked_up) - len(differences(flight.training_row, looked_up))
    honest = flight.training_row["plane_arr_delay_last_minutes"]
    landing = f"{flight.known_at:%H:%M} UTC on {flight.known_at.day} {flight.known_at:%B}"
    minutes_early = int((flight.scheduled_departure - flight.departed_at).total_seconds() // 60)
    lines += [
        f"{equal} of {len(looked_up)} features are the same in the training row and online, in value and type.",
        "",
        "Why the created timestamp matters",
        f"  It left {minutes_early} min early, so at {at} the newest row of plane_delays is of the flight itself, and says",
        f"  {flight.leaked_minutes} minutes late: the answer. Nobody knew it before the landing, {landing}.",
        "  plane_delays declares when each row became known (`known_at`), so the training row and the online",
        f"  store take the plane's flight before: {-honest} minutes early.",
        "  Without that, three in five of the training rows would see the future (docs/example.md counts them).",
        "",
    ]
    return "\n".join(lines)


def tell_what_next(flight: Flight) -> str:
    """Commands to copy."""
    pairs = ",".join(f"{name}={value}" for name, value in flight.entity.items())
    return "\n".join(
        [
            "Try next",
            "  . .venv/bin/activate",
            "  featurectl list                           # the feature views, read from dbt's manifest",
            "  featurectl describe late_arrival_model    # what the model is given, and where it comes from",
            f"  featurectl get-online late_arrival_model --as-of {flight.as_of} \\",
            f"      -e {pairs}",
            "  README.md goes on from here.",
            "",
        ]
    )


def _row(cursor: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    names = [column[0] for column in cursor.description or ()]
    values = cursor.fetchone()
    if values is None:
        raise LookupError("data/flights.duckdb: expected a flight that left early and landed late, got none")
    return dict(zip(names, values, strict=True))


def _text(value: Any) -> str:
    if value is None:
        return "null"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
