{#
    A sample of a training set's rows holds exactly what a plain inequality join finds for them.

    Written for clearness, not for speed, and independent of point_in_time_join: for each sampled row, every eligible feature row is
    listed and ranked. The sample is the same each time: the `sample` rows of the least hash of (event timestamp, join keys).
    Returns one row per wrong value.
#}
{% test no_leakage(model, sample=200) %}
    {% if execute %}
    {% set node = graph.nodes[featurectl._only_dependency()] %}
    {% set recorded = node.config.get('meta', {}).get('training_set') %}
    {% if not recorded %}
        {% do featurectl._error('test no_leakage', 'a model that calls training_set', featurectl._shown(node.name), 'remove the test.') %}
    {% endif %}
    {% set items = featurectl._parse_feature_items(recorded.features, recorded.join_keys) %}
    {% set joins = featurectl._resolve_joins(items, featurectl._registered_views(node.depends_on.nodes)) %}
    {% set identity = [recorded.event_timestamp] %}
    {% for join in joins %}{% do identity.extend(join.join_keys.values()) %}{% endfor %}

with numbered as (

    select
        *,
        row_number() over (
            order by
                {{ dbt.hash(featurectl._concatenated_text(identity | unique | list)) }},
                {{ featurectl._quoted_list(identity | unique | list) }}
        ) as pit_checked_row,
        {{ featurectl._epoch_us(adapter.quote(recorded.event_timestamp)) }} as pit_checked_us
    from {{ model }}

), sampled as (

    select * from numbered where pit_checked_row <= {{ sample }}

)
    {%- for join in joins %}{% set n = loop.index %}
    {%- set event_us = featurectl._epoch_us('feature_rows.' ~ adapter.quote(join.event_timestamp.name), join.event_timestamp.data_type) %}
    {%- set created_us = featurectl._created_us(join, event_us) or event_us %}
, eligible_{{ n }} as (

    select
        sampled.pit_checked_row,
        row_number() over (
            partition by sampled.pit_checked_row
            order by
                {{ event_us }} desc,
                {{ featurectl._tie_order(join, created_us) | indent(16) }}
        ) as pit_newest
        {%- if join.tombstone %},
        feature_rows.{{ adapter.quote(join.tombstone) }} as pit_is_tombstone
        {%- endif %}
        {%- for feature in join.features %},
        feature_rows.{{ adapter.quote(feature.name) }} as pit_feature_{{ loop.index }}
        {%- endfor %}
    from sampled
    inner join {{ join.relation }} as feature_rows
        on {{ event_us }} <= sampled.pit_checked_us
        {%- if join.ttl_seconds is not none %}
        and {{ event_us }} >= sampled.pit_checked_us - {{ join.ttl_seconds * 1000000 }}
        {%- endif %}
        and {{ created_us }} {{ '<= sampled.pit_checked_us' if recorded.known_at_cutoff else 'is not null' }}
        {%- for view_column, spine_column in join.join_keys.items() %}
        and feature_rows.{{ adapter.quote(view_column) }} = sampled.{{ adapter.quote(spine_column) }}
        {%- endfor %}

), expected_{{ n }} as (

    select * from eligible_{{ n }}
    where pit_newest = 1
        {%- if join.tombstone %}
        and pit_is_tombstone is distinct from true
        {%- endif %}

)
    {%- endfor %}
    {%- for join in joins %}{% set n = loop.index %}
        {%- for feature in join.features %}
        {%- set value = 'expected_' ~ n ~ '.pit_feature_' ~ loop.index %}
        {%- if feature.default is not none %}
            {%- set value = 'case when expected_' ~ n ~ '.pit_checked_row is null then ' ~ featurectl._literal(feature.default, feature.data_type) ~ ' else ' ~ value ~ ' end' %}
        {%- endif %}
{{ 'union all' if n > 1 or not loop.first }}
select
    '{{ join.name }}:{{ feature.name }}' as feature,
    {% for column in identity | unique %}cast(sampled.{{ adapter.quote(column) }} as {{ dbt.type_string() }}) as {{ adapter.quote(column) }},
    {% endfor -%}
    cast({{ value }} as {{ dbt.type_string() }}) as expected,
    cast(sampled.{{ adapter.quote(feature.output_name) }} as {{ dbt.type_string() }}) as got
from sampled
left join expected_{{ n }} on expected_{{ n }}.pit_checked_row = sampled.pit_checked_row
where {{ value }} is distinct from sampled.{{ adapter.quote(feature.output_name) }}
        {%- endfor %}
    {%- endfor %}
    {% endif %}
{% endtest %}
