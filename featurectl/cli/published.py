"""What the commands that compare need: views, their warehouse, the online store as it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from featurectl.artifacts.run_results import RUN_RESULTS, read_run_results
from featurectl.build import read_registry
from featurectl.inspection.reader import OnlineReader
from featurectl.selection.views import select_views
from featurectl.warehouse import open_warehouse
from featurectl.warehouse.guard import require_same_target
from featurectl.warehouse.profile import read_target
from serving.format.keys import KeySpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions
    from featurectl.registry import FeatureView, Registry
    from featurectl.warehouse.base import Warehouse


@dataclass(frozen=True, slots=True)
class Published:
    """The two sides of a comparison.

    Attributes:
        views: Those selected that are meant to be online.
    """

    registry: Registry
    views: list[FeatureView]
    warehouse: Warehouse
    reader: OnlineReader


def open_published(
    project: Project, store: StoreOptions, select: Sequence[str] = (), exclude: Sequence[str] = ()
) -> Published:
    """Both sides, of one target; nothing is reached before the first read.

    Raises:
        ProjectError: The manifest was built for another target.
        UnknownNameError: A selector means no view.
    """
    manifest = project.manifest()
    registry = read_registry(manifest)
    views = [view for view in select_views(registry.views, select, exclude, manifest) if view.online]
    target = read_target(
        project.project_dir, target=project.target, profile=project.profile, profiles_dir=project.profiles_dir
    )
    warehouse = open_warehouse(target, project.project_dir)
    run = read_run_results(project.manifest_path.with_name(RUN_RESULTS))
    require_same_target(registry, views, target, run, warehouse.database)
    namespace = store.namespace or f"{registry.project}:{target.name}"
    reader = OnlineReader(store.url(project.project_dir), KeySpace(namespace))
    return Published(registry, views, warehouse, reader)
