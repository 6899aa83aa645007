"""Training rows hold what was known at scheduled departure; the created timestamps make the difference."""

from __future__ import annotations


def test_a_training_row_is_there_for_every_flight_that_landed(warehouse):
    """One row a label, labels untouched."""
    counts = warehouse.sql(
        """
        select count(*), count(training.flight_id), count(*) filter (training.is_late = labels.is_late)
        from late_arrival_labels as labels
        full join late_arrival_training as training using (flight_id)
        """
    ).fetchone()

    assert counts == (327_346, 327_346, 327_346)


def test_a_flight_that_left_early_does_not_tell_its_own_delay(warehouse):
    """On 9 January N14228 left for Tampa at 16:43, a minute early: its row is older than the decision and unknown until 19:25."""
    history = warehouse.sql(
        """
        select departed_at::varchar, known_at::varchar, arr_delay_last_minutes
        from plane_delays
        where tailnum = 'N14228' and departed_at between '2013-01-09' and '2013-01-10'
        order by departed_at
        """
    ).fetchall()
    told = warehouse.sql(
        """
        select plane_arr_delay_last_minutes, plane_flights_count_7d, manufacturer
        from late_arrival_training
        where flight_id = '2013-01-09-UA-1707-EWR' and scheduled_departure = '2013-01-09 16:44'
        """
    ).fetchone()

    assert history == [
        ("2013-01-09 12:17:00", "2013-01-09 13:12:00", -3),
        ("2013-01-09 16:43:00", "2013-01-09 19:25:00", -20),
    ]
    assert told == (-3, 2, "BOEING")


def test_without_the_created_timestamp_most_training_rows_would_see_a_flight_in_the_air(warehouse):
    """199,849 of 327,346 rows would take a delay that nobody knew yet, nearly all the very one to be predicted."""
    counts = warehouse.sql(
        """
        select
            count(*) filter (plane_delays.known_at > labels.scheduled_departure),
            count(*) filter (plane_delays.departed_at = flights.departed_at),
        from late_arrival_labels as labels
        join stg_flights as flights using (flight_id)
        asof join plane_delays
            on labels.tailnum = plane_delays.tailnum
            and labels.scheduled_departure >= plane_delays.departed_at
        """
    ).fetchone()

    assert counts == (199_849, 199_596)


def test_a_plane_s_features_equal_a_plain_recount_of_the_flights_known_at_the_decision(warehouse):
    """For 200 flights: the newest row by departure among those known, counted again from the flights without a window."""
    differences = warehouse.sql(
        """
        with sampled as (

            select flight_id, tailnum, scheduled_departure
            from late_arrival_labels
            order by md5(flight_id)
            limit 200

        ),

        known as (

            select
                sampled.flight_id,
                flights.departed_at,
                recent.delay_avg,
                recent.flights_count,
                row_number() over (partition by sampled.flight_id order by flights.departed_at desc) as recency
            from sampled
            join stg_flights as flights
                on sampled.tailnum = flights.tailnum
                and flights.landed_at is not null
                and flights.departed_at
                    between sampled.scheduled_departure - interval '30 days' and sampled.scheduled_departure
            cross join lateral (
                select avg(arr_delay_minutes) as delay_avg, count(*) as flights_count, max(landed_at) as known_at
                from stg_flights as recent
                where recent.tailnum = sampled.tailnum
                    and recent.landed_at is not null
                    and recent.departed_at between flights.departed_at - interval '7 days' and flights.departed_at
            ) as recent
            where recent.known_at <= sampled.scheduled_departure

        )

        select
            flight_id,
            training.plane_arr_delay_avg_7d,
            known.delay_avg,
            training.plane_flights_count_7d,
            known.flights_count
        from sampled
        join late_arrival_training as training using (flight_id)
        left join known on sampled.flight_id = known.flight_id and known.recency = 1
        where training.plane_arr_delay_avg_7d is distinct from known.delay_avg
            or training.plane_flights_count_7d <> coalesce(known.flights_count, 0)
        """
    ).fetchall()

    assert differences == []
