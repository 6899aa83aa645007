{#
    CTEs that end in pit_winners_<n>: the join keys (pit_key_<i>), pit_spine_us and the features (pit_feature_<i>) of the view's
    winner, one row per distinct (key, time) of the spine that has one. Starts with a comma.
#}
{% macro _winners(view, n, spine_us, known_at_cutoff) %}
    {{ return(adapter.dispatch('_winners', 'featurectl')(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}


{% macro default___winners(view, n, spine_us, known_at_cutoff) %}
    {{ return(featurectl._winners_by_window(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}


{% macro duckdb___winners(view, n, spine_us, known_at_cutoff) %}
    {{ return(featurectl._winners_by_asof(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}


{# With an index there is nothing to prepare: each spine row looks its winner up. #}
{% macro postgres___winners(view, n, spine_us, known_at_cutoff) %}
    {{ return('' if view.is_indexed else featurectl._winners_by_window(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}


{# Redshift is a PostgreSQL to dbt, but has no LATERAL of this kind and no indexes. #}
{% macro redshift___winners(view, n, spine_us, known_at_cutoff) %}
    {{ return(featurectl._winners_by_window(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}


{# The join of pit_winners_<n> to pit_spine; it never changes the number of rows. #}
{% macro _join_winners(view, n, spine_us, known_at_cutoff) %}
    {{ return(adapter.dispatch('_join_winners', 'featurectl')(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}


{% macro default___join_winners(view, n, spine_us, known_at_cutoff) %}
    left join pit_winners_{{ n }}
        on {{ spine_us }} = pit_winners_{{ n }}.pit_spine_us
        {%- for key in featurectl._key_aliases(view) %}
        and pit_spine.{{ adapter.quote(key.spine_column) }} = pit_winners_{{ n }}.{{ key.alias }}
        {%- endfor %}
{%- endmacro %}


{% macro postgres___join_winners(view, n, spine_us, known_at_cutoff) %}
    {%- if view.is_indexed -%}
        {{ return(featurectl._join_winners_by_lateral(view, n, spine_us, known_at_cutoff)) }}
    {%- endif -%}
    {{ return(featurectl.default___join_winners(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}


{% macro redshift___join_winners(view, n, spine_us, known_at_cutoff) %}
    {{ return(featurectl.default___join_winners(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}
