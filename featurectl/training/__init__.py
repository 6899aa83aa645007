"""Ad-hoc training sets: any spine, the package's own macro, and a record of what made the result."""
