{{ featurectl.training_set(spine=ref('labels'), event_timestamp='seen_at', features=['secrets:*']) }}
