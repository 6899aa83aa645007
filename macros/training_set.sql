{#
    Enrich every row of a spine with the features that were known at its event timestamp.

    Grain: exactly one output row per spine row, spine columns unchanged, then the features in the order asked for.
    Semantics: point_in_time_join. Output: one `select`, which may follow the model's own CTEs. One call a model.

    While dbt parses, each view is referenced, so that lineage is complete, and the literal arguments (without the spine) are
    recorded as `config.meta.training_set`, so that featurectl can read the training set from the manifest.
#}
{% macro training_set(spine, event_timestamp, features, join_keys={}, known_at_cutoff=true) %}
    {{ return(adapter.dispatch('training_set', 'featurectl')(
        spine, event_timestamp, features, join_keys, known_at_cutoff
    )) }}
{% endmacro %}


{% macro default__training_set(spine, event_timestamp, features, join_keys, known_at_cutoff) %}

    {% do featurectl._require_spine_text('training_set', spine) %}
    {% set items = featurectl._parse_feature_items(features, join_keys) %}
    {% do featurectl._require_name('training_set', 'event_timestamp', event_timestamp) %}
    {% do featurectl._require_boolean('training_set', 'known_at_cutoff', known_at_cutoff) %}
    {% set arguments = {
        'event_timestamp': event_timestamp,
        'features': features,
        'join_keys': join_keys,
        'known_at_cutoff': known_at_cutoff,
    } %}
    {% do config(meta={'training_set': arguments}) %}

    {# .render(): printed as it is, a relation with an event_time is cut to the batch of a microbatch or --sample run #}
    {% set relations = [] %}
    {% for item in items %}
        {% do relations.append(featurectl._ref_view(item).render()) %}
    {% endfor %}

    {% if not execute %}{{ return('select 1 as parsed') }}{% endif %}

    {% do featurectl._require_only_call(arguments) %}
    {% set joins = featurectl._resolve_joins(items, featurectl._registered_views(), relations) %}
    {% set contract = featurectl._spine_contract(spine) %}
    {% do featurectl._require_spine(contract, event_timestamp, joins) %}
    {% do featurectl._require_no_clash(joins, contract.columns) %}
    {{ return(featurectl.point_in_time_join(spine, event_timestamp, joins, known_at_cutoff)) }}

{% endmacro %}
