"""What dbt leaves in target/ beside the manifest: catalog, run results, compiled SQL."""
