{#
    The items of a `features` list in one shape: {view, version, package, features, join_keys, prefix}.

    An item is a reference, `view:feature`, `view:*` or `view@v2:feature`, or a mapping
    {view, features, join_keys, prefix, package}; `features` of a mapping defaults to '*'. `join_keys` maps
    a view's key column to the spine's; the call's own applies to every item, the item's goes first.
#}
{% macro _parse_feature_items(features, join_keys={}) %}

    {% do featurectl._require_list('training_set', 'features', features) %}
    {% do featurectl._require_mapping('training_set', 'join_keys', join_keys) %}
    {% set items = [] %}
    {% for item in features %}
        {% if item is string %}
            {% do items.append(featurectl._parse_reference(item, join_keys)) %}
        {% elif item is mapping and 'view' in item %}
            {% do featurectl._require_keys(
                'training_set', 'features', item, ['view', 'features', 'join_keys', 'prefix', 'package']
            ) %}
            {% set name = featurectl._parse_view_name(item.view) %}
            {% set wanted = item.get('features', '*') %}
            {% if wanted != '*' %}{% do featurectl._require_list('training_set', 'features of ' ~ name.view, wanted) %}{% endif %}
            {% set keys = dict(join_keys) %}
            {% do featurectl._require_mapping('training_set', 'join_keys', item.get('join_keys') or {}) %}
            {% do keys.update(item.get('join_keys') or {}) %}
            {% if item.get('prefix') %}{% do featurectl._require_name('training_set', 'prefix', item.prefix) %}{% endif %}
            {% do items.append({
                'view': name.view,
                'version': name.version,
                'package': item.get('package'),
                'features': wanted,
                'join_keys': keys,
                'prefix': item.get('prefix') or '',
            }) %}
        {% else %}
            {% do featurectl._error(
                'training_set: `features`', "a reference 'view:feature' or a mapping with the key 'view'", featurectl._shown(item),
                "write 'plane_delays:*' or {'view': 'plane_delays', 'prefix': 'plane_'}.",
            ) %}
        {% endif %}
    {% endfor %}
    {{ return(items) }}

{% endmacro %}


{% macro _parse_reference(reference, join_keys) %}
    {% set parts = reference.split(':') %}
    {% if parts | length != 2 or not parts[0] or not parts[1] %}
        {% do featurectl._error(
            'training_set: `features`', 'a reference view:feature', featurectl._shown(reference),
            "write 'view:feature', 'view:*' or 'view@v2:feature'.",
        ) %}
    {% endif %}
    {% set name = featurectl._parse_view_name(parts[0]) %}
    {{ return({
        'view': name.view,
        'version': name.version,
        'package': none,
        'features': '*' if parts[1] == '*' else [parts[1]],
        'join_keys': join_keys,
        'prefix': '',
    }) }}
{% endmacro %}


{% macro _parse_view_name(text) %}
    {% set matched = modules.re.match('^([A-Za-z0-9_.]+)(?:@[vV]([0-9]+))?$', text) if text is string else none %}
    {% if not matched %}
        {% do featurectl._error(
            'training_set: `features`', 'a feature view as name or name@v2', featurectl._shown(text),
            'versions are positive integers after @v.',
        ) %}
    {% endif %}
    {{ return({
        'view': matched.group(1),
        'version': matched.group(2) | int if matched.group(2) else none,
    }) }}
{% endmacro %}


{# The view's relation; called while parsing too, where it makes the dependency. #}
{% macro _ref_view(item) %}
    {% if item.package and item.version %}{{ return(ref(item.package, item.view, v=item.version)) }}{% endif %}
    {% if item.package %}{{ return(ref(item.package, item.view)) }}{% endif %}
    {% if item.version %}{{ return(ref(item.view, v=item.version)) }}{% endif %}
    {{ return(ref(item.view)) }}
{% endmacro %}
