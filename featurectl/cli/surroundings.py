"""What is known of a view beyond its declaration: its last build, where its columns come from, its newest row, its online store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from featurectl.artifacts.run_results import RUN_RESULTS, read_last_builds, read_run_results
from featurectl.cli.store_options import EMBEDDED_STORE
from featurectl.errors import FeaturectlError

if TYPE_CHECKING:
    from featurectl.artifacts.run_results import LastBuild
    from featurectl.cli.project import Project
    from featurectl.manifest import Manifest
    from featurectl.registry import FeatureView, Registry
    from featurectl.warehouse.profile import Target

STORE_VARIABLE, NAMESPACE_VARIABLE = "FEATURECTL_ONLINE_STORE", "FEATURECTL_NAMESPACE"


@dataclass(frozen=True, slots=True)
class Example:
    """The newest row of a view, or why there is none to show.

    Attributes:
        keys: Join keys and their values.
        values: Features and theirs.
        event_timestamp: ISO 8601, UTC.
    """

    keys: dict[str, Any]
    values: dict[str, Any]
    event_timestamp: str | None = None
    problem: str | None = None


class Surroundings:
    """Read when asked for: no warehouse, no profile, no SQL is touched before.

    Args:
        wants_example: Whether to read the newest row of a view from the warehouse.
    """

    def __init__(self, project: Project, manifest: Manifest, registry: Registry, *, wants_example: bool) -> None:
        self.manifest = manifest
        self.registry = registry
        self._project = project
        self._wants_example = wants_example

    def last_build(self, view: FeatureView) -> LastBuild | None:
        """Of dbt's last command, where that built the view."""
        return self._builds.get(view.unique_id)

    def sources(self, view: FeatureView, feature: str) -> list[str]:
        """The source columns that a feature's values come from, for people; none without compiled SQL."""
        if view.compiled_code is None:
            return []
        # Imported where used: lineage parses SQL, and `list` need not wait for the parser.
        from featurectl.lineage.columns import ColumnRef  # noqa: PLC0415
        from featurectl.lineage.sources import sources_in  # noqa: PLC0415

        return [str(source) for source in sources_in(self._columns, [ColumnRef(view.unique_id, feature)])]

    def environment(self) -> dict[str, str | None]:
        """The variables that `FeatureStore.from_env` reads, with this project's values; None for one that is set already."""
        store = f"sqlite://{(self._project.project_dir / EMBEDDED_STORE).resolve()}"
        try:
            target = self._target().name
        except FeaturectlError:  # a snippet may be wanted where no profile is
            target = self._project.target or "dev"
        values = {STORE_VARIABLE: store, NAMESPACE_VARIABLE: f"{self.registry.project}:{target}"}
        return {name: None if name in os.environ else value for name, value in values.items()}

    def project_arguments(self) -> dict[str, str]:
        """What opens this project from anywhere, as arguments of `featurectl.Project`; of options, those that were given."""
        path = self._project.target_path
        given = {
            "target_path": str(path) if path != Path("target") else None,
            "target": self._project.target,
            "profile": self._project.profile,
            "profiles_dir": self._project.profiles_dir and str(self._project.profiles_dir.resolve()),
        }
        folder = {"project_dir": str(self._project.project_dir.resolve())}
        return folder | {name: value for name, value in given.items() if value}

    def example(self, view: FeatureView) -> Example | None:
        """The row known last, read from the warehouse; None when nobody asked."""
        if not self._wants_example:
            return None
        try:
            return self._newest(view)
        except FeaturectlError as error:
            return Example({}, {}, problem=f"{error}{f' ({error.hint})' if error.hint else ''}")

    @cached_property
    def _builds(self) -> dict[str, LastBuild]:
        return read_last_builds(self._project.manifest_path.with_name(RUN_RESULTS))

    @cached_property
    def _columns(self) -> Any:
        from featurectl.lineage.graph import ColumnGraph  # noqa: PLC0415 - as in `sources`

        return ColumnGraph(self.manifest, self.registry)

    def _target(self) -> Target:
        from featurectl.warehouse.profile import read_target  # noqa: PLC0415 - profiles need a YAML reader

        project = self._project
        return read_target(
            project.project_dir, target=project.target, profile=project.profile, profiles_dir=project.profiles_dir
        )

    def _newest(self, view: FeatureView) -> Example:
        from featurectl.warehouse import open_warehouse  # noqa: PLC0415 - drivers and sqlglot
        from featurectl.warehouse.base import Part, Span  # noqa: PLC0415
        from featurectl.warehouse.guard import require_same_target  # noqa: PLC0415

        target = self._target()
        warehouse = open_warehouse(target, self._project.project_dir)
        run = read_run_results(self._project.manifest_path.with_name(RUN_RESULTS))
        require_same_target(self.registry, [view], target, run, warehouse.database)
        with warehouse.reading() as reading:
            now_us = reading.now_us()
            newest_us = reading.stock(view, now_us).watermark_us
            if newest_us is None:
                return Example({}, {}, problem=f"{view.relation}: expected a row that is known by now, got none")
            batches = reading.latest_rows(view, now_us, Part([Span(newest_us, newest_us)]))
            row = next(row for batch in batches for row in batch)
        return Example(
            keys={column.name: value for column, value in zip(view.join_keys, row.keys, strict=True)},
            values={column.name: value for column, value in zip(view.features, row.values, strict=True)},
            event_timestamp=_instant(row.event_us),
            problem="the newest row says that the entity is gone" if row.is_tombstone else None,
        )


def _instant(micros: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")
