"""The package's own macro, rendered by dbt: `dbt compile --inline`, in a process and a target folder of its own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from featurectl.build import inspect
from featurectl.errors import ProjectError
from featurectl.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.registry import FeatureView
    from featurectl.training.request import Request

SPINE = "featurectl_spine"
_END_OF_SPINE = "-- featurectl: here ends the spine"
_DBT = "from dbt.cli.main import cli; cli()"
_PARTIAL_PARSE = "partial_parse.msgpack"
_SHOWN_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """What dbt made of the request.

    Attributes:
        join_sql: One `select` that reads the spine from ``featurectl_spine``.
        spine_sql: The spine's SQL with its Jinja rendered; None where the spine has none.
    """

    join_sql: str
    spine_sql: str | None


@dataclass(frozen=True, slots=True)
class Dbt:
    """How dbt is called for a project.

    Attributes:
        target_dir: Where the project's artifacts are; only read, to parse faster.
        options: Global options, e.g. ``("--target", "prod")``.
    """

    project_dir: Path
    target_dir: Path
    options: tuple[str, ...] = ()

    def render(self, request: Request, spine_jinja: str | None, wrap: str = "{join}") -> Rendered:
        """Compile the request; nothing in the warehouse is opened, no artifact of the project is touched.

        Args:
            request: Its views must be declared now as they were when the manifest was written.
            spine_jinja: SQL of the spine that dbt must render first, or None.
            wrap: Jinja around the macro call, which takes the place of ``{join}``.

        Raises:
            ProjectError: There is no dbt, dbt reports an error, or the project's files have changed since the manifest.
        """
        if importlib.util.find_spec("dbt") is None:
            raise ProjectError(
                "dbt: expected dbt-core in this Python environment, got none",
                hint="Install it, e.g. `pip install 'featurectl[duckdb]'`.",
            )
        with tempfile.TemporaryDirectory(prefix="featurectl-") as folder:
            target_dir = Path(folder)
            if (self.target_dir / _PARTIAL_PARSE).is_file():
                shutil.copy(self.target_dir / _PARTIAL_PARSE, target_dir)  # parses only what has changed
            inline = wrap.replace("{join}", _call(request))
            if spine_jinja is not None:
                inline = f"{spine_jinja}\n{_END_OF_SPINE}\n{inline}"
            done = self._compile(inline, target_dir)
            if done.returncode:
                raise _failed(done.stdout + done.stderr)
            _require_unchanged(request.views, target_dir)
            compiled = _compiled_code(target_dir)
        if spine_jinja is None:
            return Rendered(compiled.strip(), None)
        spine_sql, _, join_sql = compiled.partition(_END_OF_SPINE)
        return Rendered(join_sql.strip(), spine_sql.strip())

    def _compile(self, inline: str, target_dir: Path) -> subprocess.CompletedProcess[str]:
        flags = ("--quiet", "--no-use-colors", "--log-format", "text", "--log-level-file", "none")
        # --no-introspect: the macro needs no warehouse, and a DuckDB file held by another process would stop dbt.
        command = ("compile", "--no-introspect", "--no-populate-cache", "--inline", inline)
        folders = ("--target-path", str(target_dir), "--log-path", str(target_dir / "logs"))
        return subprocess.run(
            [sys.executable, "-c", _DBT, *flags, *command, *folders, *self.options],
            cwd=self.project_dir,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )


def _call(request: Request) -> str:
    """The macro call; Python's literals of texts, lists, mappings and booleans are Jinja's."""
    return (
        "{{ featurectl.training_set("
        f"spine={SPINE!r}, event_timestamp={request.event_timestamp!r}, features={request.items()!r}, "
        f"known_at_cutoff={request.known_at_cutoff!r}"
        ") }}"
    )


class _Result(msgspec.Struct):
    compiled_code: str


class _RunResults(msgspec.Struct):
    results: list[_Result]


def _compiled_code(target_dir: Path) -> str:
    results: Any = msgspec.json.decode((target_dir / "run_results.json").read_bytes(), type=_RunResults)
    code: str = results.results[0].compiled_code
    return code


def _require_unchanged(views: Sequence[FeatureView], target_dir: Path) -> None:
    """The files have just been read anew; what they declare must be what the request was checked against."""
    registry, _ = inspect(read_manifest(target_dir / "manifest.json"))
    now = {view.unique_id: replace(view, compiled_code=None) for view in registry.views}
    changed = [view.reference_name for view in views if now.get(view.unique_id) != replace(view, compiled_code=None)]
    if changed:
        raise ProjectError(
            f"manifest: expected feature views as the project's files declare them, got others: {', '.join(changed)}",
            hint="The files have changed since dbt wrote the manifest: run `dbt build` again.",
        )


def _failed(output: str) -> ProjectError:
    text = re.sub(r"^\d\d:\d\d:\d\d(\.\d+)?\s*", "", output, flags=re.MULTILINE).strip()
    shown = text[-_SHOWN_CHARACTERS:] or "nothing"
    return ProjectError(
        f"dbt compile: expected the training set's SQL, got an error:\n{shown}",
        hint="Does `dbt compile` succeed in the project? Is the package `featurectl` among its packages?",
    )
