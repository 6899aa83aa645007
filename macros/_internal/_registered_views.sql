{#
    Every feature view that the calling model (or test) depends on, or that is among the given nodes: {name, version, latest_version, package, event_time, feature_view, columns}.

    Views are found through the model's own dependencies, never by name or relation: two packages may hold the same
    name, two versions are two nodes, and a deferred relation has another schema. Columns come from the contract.
    dbt gives unit tests an empty graph; a unit test of a training set passes the same list as the variable
    `featurectl_unit_test` in its overrides.
#}
{% macro _registered_views(unique_ids=none) %}
    {% set given = var('featurectl_unit_test', none) %}
    {% if given is not none %}{{ return(given) }}{% endif %}

    {% set views = [] %}
    {% for unique_id in unique_ids or model.depends_on.nodes %}
        {% set node = graph.get('nodes', {}).get(unique_id) %}
        {% if node is not none and 'feature_view' in node.config.get('meta', {}) %}
            {% do views.append(featurectl._view_of_node(node)) %}
        {% endif %}
    {% endfor %}
    {{ return(views) }}
{% endmacro %}


{% macro _view_of_node(node) %}
    {{ return({
        'name': node.name,
        'version': node.version,
        'latest_version': node.latest_version,
        'package': node.package_name,
        'event_time': node.config.get('event_time'),
        'feature_view': node.config.meta.feature_view,
        'columns': node.columns.values() | list,
        'relation': featurectl._relation_of(node),
        'enforced': node.config.get('contract', {}).get('enforced', false),
        'indexes': node.config.get('indexes'),
    }) }}
{% endmacro %}


{# Where a node's rows are: under `--defer` perhaps in another schema, by the rule of dbt's own ref. #}
{% macro _relation_of(node) %}
    {% set deferred = node.get('defer_relation') %}
    {% if deferred and invocation_args_dict.get('defer') and (
        (invocation_args_dict.get('favor_state') and node.unique_id not in selected_resources)
        or adapter.get_relation(node.database, node.schema, node.alias) is none
    ) %}
        {{ return(deferred.relation_name) }}
    {% endif %}
    {{ return(node.relation_name) }}
{% endmacro %}


{# {name, columns} of the model behind a spine that is a relation; no columns at all where it has no contract. #}
{% macro _spine_contract(spine) %}
    {% if spine is not string %}
        {% for unique_id in model.depends_on.nodes %}
            {% set node = graph.get('nodes', {}).get(unique_id) %}
            {% if node is not none and featurectl._relation_of(node) == spine.render() and node.config.get('contract', {}).get('enforced') %}
                {{ return({'name': node.name, 'columns': node.columns.values() | list}) }}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return({'name': 'spine', 'columns': []}) }}
{% endmacro %}
