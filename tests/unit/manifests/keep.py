"""Keeps of a manifest what a fixture needs: everything but dbt's own macros and docs, and who ran it.

dbt parse --project-dir tests/unit/manifests/project --profiles-dir tests/unit/manifests/project
python tests/unit/manifests/keep.py tests/unit/manifests/project/target/manifest.json dbt_1.11.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

EMPTIED = ("macros", "docs", "semantic_models", "saved_queries", "metrics", "selectors")
PERSONAL = ("user_id", "project_id", "run_started_at", "invocation_started_at", "env", "vars")


def keep(manifest: Path, fixture: Path) -> None:
    """Write the fixture, one key a line, so that differences between dbt's versions can be read."""
    whole = json.loads(manifest.read_text())
    for key in EMPTIED:
        whole[key] = {}
    whole["metadata"] = {key: value for key, value in whole["metadata"].items() if key not in PERSONAL}
    whole["metadata"]["invocation_id"] = "00000000-0000-0000-0000-000000000000"
    fixture.write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(__file__).with_name(sys.argv[2]))
