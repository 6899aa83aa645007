{#
    With `dialect: <engine>` DuckDB renders what that engine's adapter would, where the package dispatches, so that the SQL can be
    parsed without the engine. An adapter inherits from its parent: Redshift from PostgreSQL, Databricks from Spark.
#}
{% macro _as_dialect(name) %}
    {% set dialect = var('dialect', none) or 'duckdb' %}
    {% set parent = {'redshift': 'postgres', 'databricks': 'spark'}.get(dialect, 'default') %}
    {% for prefix in [dialect, parent, 'default'] if featurectl.get(prefix ~ '__' ~ name) %}
        {{ return(featurectl[prefix ~ '__' ~ name]) }}
    {% endfor %}
{% endmacro %}


{% macro duckdb___epoch_us(expression, data_type) %}
    {{ return(consumer._as_dialect('_epoch_us')(expression, data_type)) }}
{% endmacro %}


{% macro duckdb___sortable(expression, data_type) %}
    {{ return(consumer._as_dialect('_sortable')(expression, data_type)) }}
{% endmacro %}


{% macro duckdb___quoted_text(text) %}
    {{ return(consumer._as_dialect('_quoted_text')(text)) }}
{% endmacro %}


{% macro duckdb___utc_timestamp(micros) %}
    {{ return(consumer._as_dialect('_utc_timestamp')(micros)) }}
{% endmacro %}


{% macro duckdb___double_type() %}
    {{ return(consumer._as_dialect('_double_type')()) }}
{% endmacro %}


{% macro duckdb___rolling_in_windows(columns) %}
    {{ return(consumer._as_dialect('_rolling_in_windows')(columns)) }}
{% endmacro %}


{% macro duckdb___grid(join, visible_us, event_us, created_us, step_us, until) %}
    {{ return(consumer._as_dialect('_grid')(join, visible_us, event_us, created_us, step_us, until)) }}
{% endmacro %}


{% macro duckdb___winners(view, n, spine_us, known_at_cutoff) %}
    {% set form = 'default___winners' if var('window_form', false) else 'duckdb___winners' %}
    {{ return(featurectl[form](view, n, spine_us, known_at_cutoff)) }}
{% endmacro %}
