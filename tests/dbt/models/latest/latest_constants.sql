{{ featurectl.latest('constants', as_of='(select max(observed_at) from ' ~ ref('spine') ~ ')') }}
