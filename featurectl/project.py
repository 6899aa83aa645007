"""A dbt project: where it is, its registry, and training sets from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from featurectl.build import read_registry
from featurectl.manifest import Manifest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from featurectl.registry import Registry
    from featurectl.training.job import HistoricalFeatures
    from featurectl.training.splits import Split


@dataclass(frozen=True, slots=True)
class Project:
    """A dbt project and how to reach it; every argument but the first is an option of dbt.

    Attributes:
        project_dir: The folder of dbt_project.yml.
        target_path: Where dbt writes its artifacts; a relative one is in the project.
        target: dbt target; None means the profile's default.
        profile: dbt profile; None means the project's.
        profiles_dir: Folder of profiles.yml; None means dbt's own search.
    """

    project_dir: Path
    target_path: Path = field(default=Path("target"))
    target: str | None = None
    profile: str | None = None
    profiles_dir: Path | None = None

    def __init__(
        self,
        project_dir: str | Path,
        target_path: str | Path = "target",
        target: str | None = None,
        profile: str | None = None,
        profiles_dir: str | Path | None = None,
    ) -> None:
        set_ = object.__setattr__  # the class is frozen
        set_(self, "project_dir", Path(project_dir))
        set_(self, "target_path", Path(target_path))
        set_(self, "target", target)
        set_(self, "profile", profile)
        set_(self, "profiles_dir", Path(profiles_dir) if profiles_dir is not None else None)

    @property
    def manifest_path(self) -> Path:
        """The manifest.json that dbt wrote."""
        return self.project_dir / self.target_path / "manifest.json"

    def manifest(self) -> Manifest:
        """The manifest, read anew."""
        return read_manifest(self.manifest_path)

    def registry(self) -> Registry:
        """The registry, read anew; any metadata error is raised."""
        return read_registry(self.manifest())

    def get_historical_features(
        self,
        spine: Any,
        event_timestamp: str,
        features: str | Sequence[str | Mapping[str, Any]],
        *,
        join_keys: Mapping[str, str] | None = None,
        known_at_cutoff: bool = True,
        group: str | None = None,
        split: Split | None = None,
    ) -> HistoricalFeatures:
        """The features that were known at each spine row's event timestamp: the macro `training_set` on any spine.

        Args:
            spine: SQL text (with ``{{ ref(...) }}`` if you like), the name of a dbt model, ``schema.table``, the path of a
                .parquet or .csv file, or a pandas, polars or pyarrow table.
            event_timestamp: Its column that says when.
            features: ``view:feature``, ``view:*``, ``view@v2:feature`` and mappings ``{view, features, join_keys, prefix,
                package}``, or the name of a feature service.
            join_keys: View's key column to spine column, for every item that does not say otherwise.
            known_at_cutoff: False also counts rows that were not known yet at the event timestamp.
            group: dbt group in whose name private views are read.
            split: Adds the column ``split``.

        Returns:
            Checked, but not computed before its rows are asked for.

        Raises:
            FeaturectlError: Names, columns, types or rights do not fit.
        """
        # Imported where used: the registry commands do without drivers and YAML.
        from featurectl.training.context import open_context  # noqa: PLC0415
        from featurectl.training.request import Asked  # noqa: PLC0415

        context = open_context(
            self.project_dir,
            self.manifest_path,
            target=self.target,
            profile=self.profile,
            profiles_dir=self.profiles_dir,
        )
        # Imported once the engine is there: an installation without one gets its error, not an import's.
        from featurectl.training.job import historical_features  # noqa: PLC0415

        asked = Asked(features, event_timestamp, join_keys or {}, known_at_cutoff, group)
        return historical_features(context, spine, asked, split)
