-- depends_on: {{ ref('stg_receipts') }}
-- depends_on: {{ ref('guest_visits', v=1) }}
{{ config(meta={'training_set': {
    'event_timestamp': 'asked_at',
    'features': ['guest_visits@v1:*'],
    'join_keys': {},
    'known_at_cutoff': True,
}}) }}
select guest_id, paid_at as asked_at from {{ ref('stg_receipts') }}
