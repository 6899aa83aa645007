"""`featurectl init`: a project in an empty folder, the macros in an existing one, models from a Feast repository."""
