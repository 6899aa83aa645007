{# A training set holds exactly the rows of its spine, duplicates included, with the spine's columns unchanged. #}
{% test one_row_per_spine_row(model, spine) %}
    {% if execute %}
    {% set columns = featurectl._quoted_list(adapter.get_columns_in_relation(spine) | map(attribute='name') | list) %}

select
    'missing' as problem,
    missing.*
from (
    select {{ columns }} from {{ spine }}
    except all
    select {{ columns }} from {{ model }}
) as missing

union all

select
    'surplus' as problem,
    surplus.*
from (
    select {{ columns }} from {{ model }}
    except all
    select {{ columns }} from {{ spine }}
) as surplus
    {% endif %}
{% endtest %}
