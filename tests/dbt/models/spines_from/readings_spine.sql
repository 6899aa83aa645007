{{ featurectl.spine_from('readings', every={'count': 30, 'period': 'minute'}) }}
