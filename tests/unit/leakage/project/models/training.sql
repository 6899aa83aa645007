{{ featurectl.training_set(
    spine=ref('labels'),
    event_timestamp='ordered_at',
    features=['customer_orders:*', {'view': 'customer_weeks', 'features': ['amount_sum_1w'], 'prefix': 'week_'}],
) }}
