{#
    The one feature view that a macro is about, as _join_of_view gives it, with `columns`, its whole contract.

    `view` is 'name', 'name@v2', or {view, package}. While dbt parses, the reference makes the dependency and nothing comes back.
#}
{% macro _named_view(macro_name, view) %}

    {% set named = view if view is mapping else {'view': view} %}
    {% set where = macro_name ~ ': `view`' %}
    {% do featurectl._require_keys(macro_name, 'view', named, ['view', 'package']) %}
    {% set text = named.get('view') %}
    {% set matched = modules.re.match('^([A-Za-z0-9_.]+)(?:@[vV]([0-9]+))?$', text) if text is string else none %}
    {% if not matched %}
        {% do featurectl._error(
            where, 'a feature view as name or name@v2', featurectl._shown(view), "write 'plane_delays' or 'plane_delays@v2'.",
        ) %}
    {% endif %}
    {% set item = {
        'view': matched.group(1),
        'version': matched.group(2) | int if matched.group(2) else none,
        'package': named.get('package'),
    } %}
    {% set relation = featurectl._ref_view(item).render() %}
    {% if not execute %}{{ return(none) }}{% endif %}

    {% set found = featurectl._matching_views(item, featurectl._registered_views()) %}
    {% if found | length != 1 %}
        {% do featurectl._error(
            where, 'one feature view', featurectl._shown(text) ~ ' (' ~ found | length ~ ' found)',
            'mark the model with config.meta.feature_view.'
            if found | length == 0 else "name its package: {'view': '" ~ text ~ "', 'package': '" ~ found[0].package ~ "'}.",
        ) %}
    {% endif %}
    {% set keys = featurectl._spine_keys(found[0], {}) %}
    {{ return(dict(featurectl._join_of_view(found[0], relation, keys), columns=found[0].columns)) }}

{% endmacro %}
