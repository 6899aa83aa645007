"""What a project offers to an ad-hoc training set: its registry, its warehouse and its dbt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from featurectl.artifacts.run_results import RUN_RESULTS, read_run_results
from featurectl.build import read_registry
from featurectl.manifest import read_manifest
from featurectl.training.engines import open_engine
from featurectl.training.render import Dbt
from featurectl.warehouse.guard import require_same_target
from featurectl.warehouse.profile import read_target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from featurectl.manifest import Manifest
    from featurectl.registry import FeatureView, Registry
    from featurectl.training.session import Engine
    from featurectl.warehouse.profile import Target


@dataclass(frozen=True, slots=True)
class Context:
    """A project and the target that its features are read from."""

    project_dir: Path
    manifest_path: Path
    manifest: Manifest
    registry: Registry
    target: Target
    engine: Engine
    dbt: Dbt

    def require_built_for_target(self, views: Sequence[FeatureView]) -> None:
        """Refuse the manifest of another target; raises ProjectError."""
        run = read_run_results(self.manifest_path.with_name(RUN_RESULTS))
        require_same_target(self.registry, views, self.target, run, self.engine.database)


def open_context(
    project_dir: Path, manifest_path: Path, *, target: str | None, profile: str | None, profiles_dir: Path | None
) -> Context:
    """Read the registry and the profile; nothing is connected, dbt is not called.

    Raises:
        ProjectError: There is no manifest, profile or target.
        MetadataError: The project's metadata has errors.
        WarehouseError: The target's adapter has no engine for training sets.
    """
    project_dir = project_dir.absolute()
    manifest = read_manifest(manifest_path)
    found = read_target(project_dir, target=target, profile=profile, profiles_dir=profiles_dir)
    given = {"--target": target, "--profile": profile, "--profiles-dir": profiles_dir and str(profiles_dir.absolute())}
    options = tuple(part for name, value in given.items() if value for part in (name, value))
    return Context(
        project_dir=project_dir,
        manifest_path=manifest_path,
        manifest=manifest,
        registry=read_registry(manifest),
        target=found,
        engine=open_engine(found, project_dir),
        dbt=Dbt(project_dir, manifest_path.parent.absolute(), options),
    )
