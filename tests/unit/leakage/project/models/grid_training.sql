with grid as (

    {{ featurectl.spine_from('customer_weeks', every={'count': 1, 'period': 'day'}) }}

)

{{ featurectl.training_set(spine='grid', event_timestamp='event_timestamp', features=['customer_orders:orders_count_7d']) }}
