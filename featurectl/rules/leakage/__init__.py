"""The leakage lint: compiled SQL of feature views, judged for values that were not known at the event timestamp."""
