{{ featurectl.training_set(
    spine=ref('late_arrival_labels'),
    event_timestamp='scheduled_departure',
    features=[
        {'view': 'plane_delays', 'prefix': 'plane_', 'features': [
            'arr_delay_last_minutes', 'arr_delay_avg_7d', 'late_share_7d', 'flights_count_7d', 'air_time_sum_7d_minutes',
        ]},
        'plane_attributes:manufacturer',
        'plane_attributes:manufactured_year',
        'plane_attributes:seats_count',
        {'view': 'routes', 'prefix': 'route_', 'features': [
            'arr_delay_avg_7d', 'air_time_avg_7d_minutes', 'flights_count_7d',
        ]},
        {'view': 'carriers', 'prefix': 'carrier_', 'features': ['arr_delay_avg_7d', 'late_share_7d']},
        {'view': 'airport_congestion', 'join_keys': {'airport': 'origin'}, 'prefix': 'origin_', 'features': [
            'movements_count_1h', 'movements_count_3h', 'delay_avg_3h_minutes',
        ]},
        {'view': 'airport_congestion', 'join_keys': {'airport': 'dest'}, 'prefix': 'dest_', 'features': [
            'movements_count_3h', 'delay_avg_3h_minutes',
        ]},
        {'view': 'airport_weather', 'join_keys': {'airport': 'origin'}, 'prefix': 'origin_', 'features': [
            'temperature_f', 'wind_speed_mph', 'wind_gust_mph', 'precipitation_inches', 'visibility_miles',
        ]},
    ],
) }}
