"""`check` over a whole project: every finding, selected, accepted and located."""
