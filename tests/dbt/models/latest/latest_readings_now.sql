{{ featurectl.latest('readings') }}
