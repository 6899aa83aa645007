"""The dbt manifest as a feature registry: list, check, sync and verify feature views."""
