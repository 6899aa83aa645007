"""The clocks of the flights are instants, checked by hand on flights that are hard to get right."""

from __future__ import annotations

from datetime import datetime

import pytest

# flight, scheduled departure, departure and landing in UTC; the comment has what the clocks on the walls showed
FLIGHTS = [
    # Newark 05:17, Houston 08:30, an hour west
    ("2013-01-01-UA-1545-EWR", "2013-01-01 10:15", "2013-01-01 10:17", "2013-01-01 14:30"),
    # past midnight: New York 22:17, San Juan 02:49, an hour east in winter and not in the source's airports
    ("2013-01-01-B6-713-JFK", "2013-01-02 03:29", "2013-01-02 03:17", "2013-01-02 06:49"),
    # Honolulu, six hours west in summer: 09:50 to 13:59
    ("2013-07-04-HA-51-JFK", "2013-07-04 14:00", "2013-07-04 13:50", "2013-07-04 23:59"),
    # Phoenix knows no summer time: 06:55 to 08:55, three hours west
    ("2013-07-01-UA-1138-EWR", "2013-07-01 10:58", "2013-07-01 10:55", "2013-07-01 15:55"),
    # the first flight of summer time, New York 04:54
    ("2013-03-10-US-1113-EWR", "2013-03-10 09:00", "2013-03-10 08:54", "2013-03-10 10:28"),
    # in the air when clocks go forward: New York 23:06, West Palm Beach 03:03 (the source says 02:03, which was no time there)
    ("2013-03-09-B6-35-JFK", "2013-03-10 02:45", "2013-03-10 04:06", "2013-03-10 07:03"),
    # leaves New York before the clocks there go back, lands in Los Angeles (01:14) before they do there
    ("2013-11-02-VX-413-JFK", "2013-11-02 20:55", "2013-11-03 02:17", "2013-11-03 08:14"),
    # the first flight after clocks went back, New York 05:19
    ("2013-11-03-UA-322-EWR", "2013-11-03 10:20", "2013-11-03 10:19", "2013-11-03 13:51"),
    # left at midnight, written 2400
    ("2013-12-29-AA-2379-LGA", "2013-12-29 22:00", "2013-12-30 05:00", "2013-12-30 08:02"),
]


@pytest.mark.parametrize(("flight_id", "scheduled", "departed", "landed"), FLIGHTS)
def test_a_flight_left_and_landed_when_it_did(warehouse, flight_id, scheduled, departed, landed):
    """Local clock times became the right instants in UTC."""
    row = warehouse.execute(
        "select scheduled_departure, departed_at, landed_at from stg_flights where flight_id = ?", [flight_id]
    ).fetchone()

    assert row == tuple(datetime.fromisoformat(instant) for instant in (scheduled, departed, landed))


def test_every_flight_of_2013_is_there(warehouse):
    """336,776 flights: 8,255 were cancelled, 1,175 left and never reached their destination."""
    counts = warehouse.sql(
        """
        select
            count(*),
            count(*) filter (departed_at is null and landed_at is null),
            count(*) filter (departed_at is not null and landed_at is null),
            count(*) filter (departed_at is not null and landed_at is not null),
        from stg_flights
        """
    ).fetchone()

    assert counts == (336_776, 8_255, 1_175, 327_346)
