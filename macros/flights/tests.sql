{#
    Tests of the running example, not of the package.
#}

{# Every row satisfies `expression`; a null expression (unknown) passes. #}
{% test flights_hold(model, expression) %}

    select *
    from {{ model }}
    where not ({{ expression }})

{% endtest %}


{# The rows of every value of column `per` together satisfy `expression`, an aggregate. #}
{% test flights_hold_per(model, per, expression) %}

    select {{ per }}
    from {{ model }}
    group by {{ per }}
    having not ({{ expression }})

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
