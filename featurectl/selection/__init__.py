"""Which views and other things a command is about, as dbt's users say it."""
