{# With `window_form: true` DuckDB uses the form of the engines without one of their own, so that the same tests hold it. #}
{% macro duckdb___winners(view, n, spine_us, known_at_cutoff) %}
    {% if var('window_form', false) %}
        {{ return(featurectl.default___winners(view, n, spine_us, known_at_cutoff)) }}
    {% endif %}
    {{ return(featurectl.duckdb___winners(view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}
