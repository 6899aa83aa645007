{#
    Clock times as the flights write them: HHMM without a separator, 517 for 05:17, 2400 for the midnight that ends a day.
    They belong to the running example, not to the package.
#}

{# The local timestamp at which a clock shows `hhmm` on `day`. #}
{% macro flights_hhmm_on(day, hhmm) %}
    {{ return(
        '(cast(' ~ day ~ ' as timestamp)'
        ~ ' + cast(floor(' ~ hhmm ~ " / 100) as integer) * interval '1 hour'"
        ~ ' + (' ~ hhmm ~ " % 100) * interval '1 minute')"
    ) }}
{% endmacro %}


{# What a clock in `time_zone` shows at `instant` (UTC), as HHMM. Midnight is 0. #}
{% macro hhmm_at(instant, time_zone) %}
    {{ return(
        "cast(to_char(" ~ instant ~ " at time zone 'UTC' at time zone " ~ time_zone ~ ", 'HH24MI') as integer)"
    ) }}
{% endmacro %}
