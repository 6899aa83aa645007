"""The table of commands: to add one, write its file and name it here."""

from __future__ import annotations

COMMANDS = {
    "check": "featurectl.cli.check:check",
    "describe": "featurectl.cli.describe:describe",
    "list": "featurectl.cli.listing:list_",
}
