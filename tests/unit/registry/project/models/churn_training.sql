-- depends_on: {{ ref('churn_labels') }}
-- depends_on: {{ ref('customer_orders') }}
-- depends_on: {{ ref('stock_levels') }}
{{ config(meta={'training_set': {
    'event_timestamp': 'asked_at',
    'features': [
        'customer_orders:*',
        {'view': 'stock_levels', 'features': ['units_in_stock'], 'prefix': 'home_', 'join_keys': {'store': 'home_store'}},
    ],
    'join_keys': {},
    'known_at_cutoff': True,
}}) }}
select * from {{ ref('churn_labels') }}
