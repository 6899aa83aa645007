"""What would change: a manifest against another one, or against what is online."""
