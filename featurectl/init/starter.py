"""The files of a new project: two feature views, labels, a training set and a service, on a little data of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from featurectl.errors import ProjectError
from featurectl.init.dbt_package import PACKAGES_YML, read_dbt_package
from featurectl.init.sample import entity_key, events_csv, profiles_csv

if TYPE_CHECKING:
    from datetime import date

TEMPLATES = Path(__file__).parent / "templates"
ENGINES = ("duckdb", "postgres")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
# dbt's own braces stay as they are; ours are brackets.
_JINJA = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 - SQL and YAML, no HTML
)


@dataclass(frozen=True, slots=True)
class Starter:
    """What a new project is called, where it computes, and whom its features describe.

    Raises:
        ProjectError: A name that dbt or a warehouse would not take, or an unknown engine.
    """

    name: str
    engine: str = "duckdb"
    entity: str = "customer"

    def __post_init__(self) -> None:
        require_name("--name", self.name)
        require_name("--entity", self.entity)


def starter_files(starter: Starter, today: date) -> dict[str, str]:
    """Text by path relative to the project; the same for the same arguments."""
    entity = starter.entity
    values = {"name": starter.name, "engine": starter.engine, "entity": entity, "key": entity_key(entity, 1)}
    folder = TEMPLATES / "starter"
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            # `entity` in a file name is the entity's; a leading dot would hide the template itself from tools.
            name = path.relative_to(folder).as_posix().replace("entity", entity).replace("dot_", ".")
            files[name] = render(f"starter/{path.relative_to(folder).as_posix()}", **values)
    return {
        **files,
        **project_files(starter.name, starter.engine),
        "seeds/raw_events.csv": events_csv(entity, today),
        "seeds/raw_profiles.csv": profiles_csv(entity, today),
    }


def project_files(name: str, engine: str) -> dict[str, str]:
    """What every new project has: profile (where the engine's is known), .gitignore, the macros and the line that installs them."""
    files = {".gitignore": render("dot_gitignore"), "packages.yml": PACKAGES_YML, **read_dbt_package()}
    if engine in ENGINES:
        files["profiles.yml"] = render(f"profiles_{engine}.yml", name=name)
    return files


def render(template: str, **values: object) -> str:
    """A template of this package, filled in."""
    return _JINJA.get_template(template).render(values)


def require_name(where: str, name: str) -> None:
    """Refuse what is no name of a dbt project, a column and a table on every engine.

    Raises:
        ProjectError: Says what a name is.
    """
    if not _NAME.match(name):
        raise ProjectError(
            f"{where}: expected lower-case letters, digits and underscores, a letter first, got {name!r}",
            hint=f"Try {as_name(name)!r}.",
        )


def as_name(text: str) -> str:
    """The nearest name: ``My shop-2`` is ``my_shop_2``."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return name if _NAME.match(name) else f"features_{name}".rstrip("_")
