{{ featurectl.latest('readings', as_of='(select max(observed_at) from ' ~ ref('spine') ~ ')') }}
