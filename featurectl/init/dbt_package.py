"""The dbt package `featurectl` (macros and generic tests) that came with this installation."""

from __future__ import annotations

from pathlib import Path

from featurectl.errors import ProjectError

FOLDER = "packages/featurectl"  # where a project keeps its copy, and what its packages.yml names
PACKAGES_YML = f"packages:\n  - local: {FOLDER}\n"

EXAMPLES = "flights"  # the folder of macros that serve the running example alone
_HERE = Path(__file__).resolve().parents[1]
# In a wheel it lies inside the Python package; in a checkout it is the root of the repository.
_PLACES = (_HERE / "dbt_package", _HERE.parent)


def read_dbt_package() -> dict[str, str]:
    """Its files without the running example's, text by path relative to the project that gets them.

    Raises:
        ProjectError: The installation has lost them.
    """
    for place in _PLACES:
        if (place / "dbt_project.yml").is_file() and (place / "macros").is_dir():
            paths = [place / "dbt_project.yml", *sorted((place / "macros").rglob("*"))]
            return {
                f"{FOLDER}/{path.relative_to(place).as_posix()}": path.read_text(encoding="utf-8")
                for path in paths
                if path.suffix in {".sql", ".yml"} and path.parent.name != EXAMPLES
            }
    raise ProjectError(
        f"{_PLACES[0]}: expected the macros that come with featurectl, got no such folder",
        hint="Install featurectl again.",
    )
