"""A dbt project on the benchmark's tables, compiled to the SQL that is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WIDE = {
    **{f"w{column}": "double precision" for column in range(4)},
    **{f"w{column}": "bigint" for column in range(4, 7)},
    "w7": "varchar",
    "w8": "varchar",
    "w9": "boolean",
}
NARROW = {f"n{column}": "double precision" for column in range(5)}

MODELS = {
    "plain": "['wide_view:*', 'narrow_view:*']",
    "one_view": "['wide_view:*']",
    "cutoff": "['known_view:*']",
}


def _view(name: str, features: dict[str, str], *, created: bool, extra: bool, index: bool) -> str:
    role = "created_timestamp: c, " if created else ("exclude: [c], " if extra else "")
    columns = {"k": "bigint", "e": "timestamp", **({"c": "timestamp"} if extra else {}), **features}
    lines = "".join(f"      - {{name: {column}, data_type: {data_type}}}\n" for column, data_type in columns.items())
    indexes = "      indexes: [{columns: [k, e]}]\n" if index else ""
    return (
        f"  - name: {name}\n    config:\n      event_time: e\n      contract: {{enforced: true}}\n{indexes}"
        f"      meta: {{feature_view: {{entity: key, join_keys: [k], {role}ttl: {{count: 30, period: day}}}}}}\n    columns:\n{lines}"
    )


def compile_sql(folder: Path, profile: str, *, index: bool = False) -> dict[str, str]:
    """Dbt's compiled SQL of each model; the views' relations are named like the tables.

    Args:
        folder: Of the project to write.
        profile: The output of the profile, as YAML lines.
        index: Whether the views declare an index on (k, e).
    """
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "dbt_project.yml").write_text("name: bench\nversion: 1.0.0\nprofile: bench\nmodel-paths: [models]\n")
    (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    (folder / "profiles.yml").write_text(f"bench:\n  target: bench\n  outputs:\n    bench:\n{profile}")
    views = {
        "wide_view": ("wide", WIDE, False, True),
        "known_view": ("wide", WIDE, True, True),
        "narrow_view": ("narrow", NARROW, False, False),
    }
    yaml = "models:\n"
    for name, (table, features, created, extra) in views.items():
        (folder / "models" / f"{name}.sql").write_text(
            f"{{{{ config(alias='{table}') }}}} select 1 as k\n" if name != "known_view" else "select 1 as k\n"
        )
        yaml += _view(name, features, created=created, extra=extra, index=index)
    (folder / "models" / "views.yml").write_text(yaml)
    for name, features in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(
            f"{{{{ featurectl.training_set(spine='labels', event_timestamp='t', features={features}) }}}}\n"
        )
    dbt = Path(sys.executable).with_name("dbt")
    for command in (["deps"], ["compile"]):
        done = subprocess.run(
            [dbt, "--no-use-colors", *command], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
    compiled = folder / "target" / "compiled" / "bench" / "models"
    return {name: (compiled / f"{name}.sql").read_text().replace('"known_view"', '"wide"') for name in MODELS}
