"""The wire format: keys, values, rows, schemas, catalog and state. No other package knows the bytes."""
