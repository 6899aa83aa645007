"""docs/coming-from-feast.md tells the truth: its repository is carried over, built and looked up as the page shows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml
from blocks import is_shown, read_blocks, read_commands

PAGE = Path(__file__).resolve().parents[3] / "docs" / "coming-from-feast.md"
SHIFTS = """
    (1, '2026-01-04 18:00:00', '2026-01-04 19:00:00', 40, 4.5),
    (1, '2026-01-08 18:00:00', '2026-01-08 19:00:00', 52, 4.7),
    (2, '2026-01-07 18:00:00', '2026-01-07 19:00:00', 31, 3.9)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the page's Feast repository and its file."""
    folder = tmp_path_factory.mktemp("feast")
    repository = folder / "feature_repo"
    repository.mkdir()
    definitions = next(block for block in read_blocks(PAGE) if block.language == "python")
    assert definitions.text.startswith("# feature_repo/features.py\n")
    (repository / "features.py").write_text(definitions.text)
    duckdb.sql(f"""
        copy (
            select
                id::bigint as courier_id, finished::timestamp as finished_at, loaded::timestamp as loaded_at,
                parcels::bigint as parcels, rating::double as rating
            from (values {SHIFTS}) as shifts (id, finished, loaded, parcels, rating)
        ) to '{repository}/shifts.parquet'
    """)
    return folder


def test_the_blocks_typed_in_one_after_the_other_give_the_output_shown(folder, shell_in):
    """Commands and programs of ours run; those of Feast are there to compare."""
    shell = shell_in(folder)
    printed = None
    for block in read_blocks(PAGE)[1:]:
        where = f"{PAGE.name}:{block.line}"
        if block.language == "console":
            for command, shown in read_commands(block.text):
                if command.startswith("cd "):
                    shell = shell_in(shell.project_dir / command.removeprefix("cd "))
                    continue
                done = shell.run("bash", "-c", f"exec 2>&1; {command}")
                assert done.returncode == 0, f"{where}: {command}\n{done.stdout}"
                assert is_shown(shown, done.stdout), f"{where}: {command}\n{done.stdout}"
        elif block.language == "python":
            done = shell.run("python", "-W", "error", "-c", block.text)
            assert done.returncode == 0, f"{where}:\n{done.stderr}"
            printed = done.stdout
        elif block.language == "text" and printed is not None:
            assert is_shown(block.text, printed), f"{where}:\n{printed}"
            printed = None
        elif block.language == "yaml":
            real = yaml.safe_load((shell.project_dir / "models/feature_views/courier_load.yml").read_text())
            shown = yaml.safe_load(block.text)["models"][0]
            assert shown["config"] == {key: real["models"][0]["config"][key] for key in shown["config"]}
    assert printed is None
