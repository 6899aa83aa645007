"""Refuses to read one target through the manifest of another: dev rows must never be published as prod."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from featurectl.registry import FeatureView, Registry
    from featurectl.warehouse.profile import Target


class _Arguments(msgspec.Struct):
    target: str | None = None


class _Metadata(msgspec.Struct):
    invocation_id: str | None = None


class _RunResults(msgspec.Struct):
    args: _Arguments = msgspec.field(default_factory=_Arguments)
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


def require_same_target(
    registry: Registry, views: Sequence[FeatureView], target: Target, run_results_path: Path, database: str | None
) -> None:
    """Compare the manifest, which does not name its target, with the profile and dbt's last run.

    Args:
        registry: Of the manifest.
        views: About to be read.
        target: About to be connected to.
        run_results_path: dbt's run_results.json beside the manifest; absent is fine.
        database: The database that the target connects to.

    Raises:
        ProjectError: Another adapter, another target, or another database.
    """
    hint = f"Run `dbt build --target {target.name}` before, or choose the target it was built for with --target."
    if registry.adapter_type != target.adapter_type:
        raise ProjectError(
            f"manifest: expected adapter {target.adapter_type!r} of target {target.name!r}, got {registry.adapter_type!r}",
            hint=hint,
        )
    built_for = _run_results(run_results_path).args.target
    if built_for is None and not target.is_default:
        raise ProjectError(
            f"{run_results_path}: expected the last dbt command to name --target {target.name}, got the profile's default",
            hint=hint,
        )
    if built_for not in (None, target.name):
        raise ProjectError(f"{run_results_path}: expected target {target.name!r}, got {built_for!r}", hint=hint)
    for view in views:
        if database is not None and view.relation.database not in (None, database):
            raise ProjectError(
                f"manifest: {view.reference_name}: expected a relation in database {database!r} of target {target.name!r}, "
                f"got {view.relation}",
                hint=hint,
            )


def is_of_last_run(registry: Registry, run_results_path: Path) -> bool:
    """Whether the manifest is of the dbt command that wrote run_results.json: a build, or a test after it, never a parse.

    Such a command compiles only what it selects, so a view without compiled code is none to refuse.
    """
    return _run_results(run_results_path).metadata.invocation_id == registry.invocation_id


def _run_results(path: Path) -> _RunResults:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_RunResults)
    except FileNotFoundError:
        return _RunResults()
    except (OSError, msgspec.DecodeError) as error:
        raise ProjectError(f"{path}: expected dbt's run results, got {error}", hint="Run `dbt build` again.") from error
