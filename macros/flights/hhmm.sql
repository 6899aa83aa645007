{#
    Clock times as the flights write them: HHMM without a separator, 517 for 05:17, 2400 for the midnight that ends a day.
    They belong to the running example, not to the package.
#}

{# SQL of the local timestamp at which a clock shows `hhmm` on `day`. #}
{% macro flights_hhmm_on(day, hhmm) %}
    {{- return(
        '(cast(' ~ day ~ ' as timestamp)'
        ~ ' + cast(floor(' ~ hhmm ~ " / 100) as integer) * interval '1 hour'"
        ~ ' + (' ~ hhmm ~ " % 100) * interval '1 minute')"
    ) }}
{% endmacro %}
