"""Refuses to read one target through the manifest of another: dev rows must never be published as prod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from featurectl.artifacts.run_results import RUN_RESULTS
from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.artifacts.run_results import RunResults
    from featurectl.registry import FeatureView, Registry
    from featurectl.warehouse.profile import Target


def require_same_target(
    registry: Registry, views: Sequence[FeatureView], target: Target, run: RunResults | None, database: str | None
) -> None:
    """Compare the manifest, which does not name its target, with the profile and dbt's last run.

    Args:
        registry: Of the manifest.
        views: About to be read.
        target: About to be connected to.
        run: The last, beside the manifest; None where there are no results.
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
    built_for = run.args.target if run else None
    if built_for is None and not target.is_default:
        raise ProjectError(
            f"{RUN_RESULTS}: expected the last dbt command to name --target {target.name}, got the profile's default",
            hint=hint,
        )
    if built_for not in (None, target.name):
        raise ProjectError(f"{RUN_RESULTS}: expected target {target.name!r}, got {built_for!r}", hint=hint)
    for view in views:
        if database is not None and view.relation.database not in (None, database):
            raise ProjectError(
                f"manifest: {view.reference_name}: expected a relation in database {database!r} of target {target.name!r}, "
                f"got {view.relation}",
                hint=hint,
            )


def is_of_last_run(registry: Registry, run: RunResults | None) -> bool:
    """Whether the manifest is of the dbt command that wrote run_results.json: a build, or a test after it, never a parse.

    Such a command compiles only what it selects, so a view without compiled code is none to refuse.
    """
    return run is not None and run.metadata.invocation_id == registry.invocation_id
