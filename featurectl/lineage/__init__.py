"""Column lineage: which columns of which nodes the values of a column come from, read from compiled SQL."""
