"""The table of commands: to add one, write its file and name it here."""

from __future__ import annotations

COMMANDS = {
    "check": "featurectl.cli.check:check",
    "describe": "featurectl.cli.describe:describe",
    "erase": "featurectl.cli.erase:erase_entity",
    "gc": "featurectl.cli.gc:gc",
    "get-online": "featurectl.cli.get_online:get_online",
    "init": "featurectl.cli.init:init",
    "lineage": "featurectl.cli.lineage:lineage",
    "list": "featurectl.cli.listing:list_",
    "plan": "featurectl.cli.plan:plan",
    "search": "featurectl.cli.search:search_",
    "serve": "featurectl.cli.serve:serve",
    "status": "featurectl.cli.status:status",
    "sync-online": "featurectl.cli.sync_online:sync_online",
    "training-set": "featurectl.cli.training_set:training_set",
    "verify": "featurectl.cli.verify:verify",
}
