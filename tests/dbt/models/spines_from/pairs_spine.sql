{{ featurectl.spine_from(
    {'view': 'pairs', 'package': 'consumer'},
    every={'count': 1, 'period': 'hour'},
    until='(select max(observed_at) from ' ~ ref('spine') ~ ')',
) }}
