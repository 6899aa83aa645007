{# Every row satisfies `expression`; a null expression (unknown) passes. A test of the running example, not of the package. #}
{% test flights_hold(model, expression) %}

    select *
    from {{ model }}
    where not ({{ expression }})

{% endtest %}


{# The clock of `time_zone` shows `hhmm` at `instant` (UTC) in every row, but for the rows that `except` names. #}
{% test flights_clock_shows(model, hhmm, instant, time_zone, except='false') %}

    with clocks as (

        select
            *,
            {{ instant }} at time zone 'UTC' at time zone {{ time_zone }} as clock
        from {{ model }}

    )

    select *
    from clocks
    where {{ hhmm }} % 2400 <> extract(hour from clock) * 100 + extract(minute from clock)
        and not ({{ except }})

{% endtest %}
