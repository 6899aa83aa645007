"""The writing side of the online store: what is published, by which rules, with which report."""
