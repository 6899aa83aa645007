"""`featurectl init`: begin, in an empty folder, in a dbt project, or from a Feast repository."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from featurectl.cli.options import json_option
from featurectl.cli.project import PROJECT_FILE
from featurectl.cli.text import counted, to_json
from featurectl.init.existing import add_macros
from featurectl.init.model_yaml import Wanted, declared_in, feature_view_yaml
from featurectl.init.sample import entity_key
from featurectl.init.starter import ENGINES, Starter, as_name, require_name, starter_files
from featurectl.init.writing import require_empty, write_new
from featurectl.manifest import read_manifest

if TYPE_CHECKING:
    from featurectl.init.feast.carry import Carried

DEFAULT_ENTITY = "customer"


@click.command("init", short_help="Begin a project, or add the macros to the one you have.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="Name of the dbt project.  [default: the folder's]")
@click.option("--engine", help="duckdb or postgres; with --from-feast any engine it maps types for.  [default: duckdb]")
@click.option("--entity", help="What the features describe.  [default: customer]")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing; take the defaults.")
@click.option(
    "--from-feast",
    "feast",
    type=click.Path(path_type=Path),
    metavar="REPO",
    help="A Feast repository, or the JSON of its registry: write its views and services as models.",
)
@click.option("--model", help="In a dbt project: print the YAML that makes this model a feature view.")
@click.option("--join-key", multiple=True, metavar="COLUMN", help="With --model: a column that identifies the entity.")
@click.option("--event-timestamp", metavar="COLUMN", help="With --model: when the values became true.")
@json_option
def init(folder: Path, yes: bool, feast: Path | None, model: str | None, as_json: bool, **given: Any) -> None:
    """Write a working project into an empty folder; in a dbt project, add the macros.

    Nothing is fetched: the macros are those of this installation. No file that is there is changed; in a dbt project the lines
    to add are printed. The new project builds and looks up its sample data at once; its README says how.

    \b
    Examples:
        featurectl init shop_features
        featurectl init shop_features --engine postgres --entity visitor --yes
        featurectl init shop_features --from-feast ../feature_repo
        featurectl init                                  # in a dbt project: adds packages/featurectl
        featurectl init --model customer_orders          # ... and prints the YAML of a feature view
    """
    if model is not None:
        _print_model_yaml(
            folder, Wanted(model, given["entity"], given["join_key"], given["event_timestamp"]), as_json=as_json
        )
        return
    if given["join_key"] or given["event_timestamp"]:
        raise click.UsageError("--join-key and --event-timestamp go with --model.")
    asks = sys.stdin.isatty() and not yes and not as_json
    if feast is not None:
        _from_feast(folder, feast, given, as_json=as_json)
    elif (folder / PROJECT_FILE).is_file():
        _add_to(folder, as_json=as_json)
    else:
        _start(folder, given, asks=asks, as_json=as_json)


def _start(folder: Path, given: dict[str, Any], *, asks: bool, as_json: bool) -> None:
    require_empty(folder)
    default_name = as_name(folder.resolve().name)
    engines = click.Choice(ENGINES)
    if asks:
        name = given["name"] or click.prompt("Name of the project", default_name, err=True)
        engine = given["engine"] or click.prompt("Where does it compute", "duckdb", type=engines, err=True)
        entity = given["entity"] or click.prompt("What do the features describe", DEFAULT_ENTITY, err=True)
    else:
        name, engine, entity = given["name"] or default_name, given["engine"] or "duckdb", given["entity"]
    _require_engine(engine, ENGINES)
    entity = entity or DEFAULT_ENTITY
    files = starter_files(Starter(name, engine, entity), datetime.now(UTC).date())
    written = write_new(folder, files)
    _tell(folder, written, sorted(set(files) - set(written)), as_json=as_json)
    if as_json:
        return
    if engine == "postgres":
        click.echo(
            "First: install featurectl with [postgres], and set PGHOST, PGUSER, PGPASSWORD, PGDATABASE; "
            "profiles.yml reads them.",
            err=True,
        )
    look_up = f"featurectl get-online {entity}_model -e {entity}_id={entity_key(entity, 1)}"
    steps = f"dbt deps && dbt build && featurectl check && featurectl sync-online && {look_up}"
    click.echo(f"Next: {_cd(folder)}{steps}", err=True)


def _add_to(folder: Path, *, as_json: bool) -> None:
    addition = add_macros(folder)
    if as_json:
        click.echo(to_json(addition))
        return
    verb = "brought up to date" if addition.brought_up_to_date else "written"
    click.echo(f"packages/featurectl: {verb}" if addition.written else "packages/featurectl: up to date")
    if "packages.yml" in addition.written:
        click.echo("packages.yml: written")
    if addition.to_add:
        name, lines = addition.to_add
        click.echo(f"{name}: add this entry, for it is left as it is:\n\n{lines}")
    if addition.to_ignore:
        click.echo(f".gitignore: add this line, for it is left as it is:\n\n{addition.to_ignore}\n")
    click.echo(
        "Next: dbt deps && dbt build && dbt docs generate, then for the model that shall be a feature view:\n"
        "    featurectl init --model <model>",
        err=True,
    )


def _print_model_yaml(folder: Path, wanted: Wanted, *, as_json: bool) -> None:
    target = folder / "target"
    manifest = read_manifest(target / "manifest.json")
    text = feature_view_yaml(manifest, target / "catalog.json", wanted)
    there = declared_in(manifest, wanted.model)
    if as_json:
        click.echo(to_json({"model": wanted.model, "declared_in": there, "yaml": text}))
        return
    click.echo(text)
    if there:
        click.echo(f"Merge it into the entry of {wanted.model} in {there}: dbt takes one entry a model.", err=True)


def _from_feast(folder: Path, repo: Path, given: dict[str, Any], *, as_json: bool) -> None:
    # Imported where used: it reads Python and renders models, which nothing else here needs.
    from featurectl.init.feast import ENGINES as FEAST_ENGINES  # noqa: PLC0415
    from featurectl.init.feast import carry_repository  # noqa: PLC0415

    require_empty(folder)
    if given["engine"]:
        _require_engine(given["engine"], FEAST_ENGINES)
    if given["name"]:
        require_name("--name", given["name"])
    carried = carry_repository(repo, given["name"], given["engine"], as_name(folder.resolve().name))
    written = write_new(folder, carried.files)
    if as_json:
        click.echo(to_json({"folder": str(folder), "written": written, "losses": carried.losses}))
        return
    _tell_carried(folder, carried)


def _tell_carried(folder: Path, carried: Carried) -> None:
    views, services = counted(len(carried.views), "feature view"), counted(len(carried.services), "service")
    click.echo(f"{folder}: {views}, {services}, written for {carried.engine}")
    for loss in carried.losses:
        click.echo(f"{loss.where}: {loss.name}: {loss.what}")
    click.echo(f"{counted(len(carried.losses), 'thing')} to look at, also in {folder / 'MIGRATION.md'}", err=True)
    click.echo(f"Next: {_cd(folder)}dbt deps && dbt build && featurectl check", err=True)


def _tell(folder: Path, written: list[str], kept: list[str], *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json({"folder": str(folder), "written": written, "kept": kept}))
        return
    for path in written:
        if not path.startswith("packages/"):
            click.echo(str(folder / path))
    click.echo(str(folder / "packages" / "featurectl"))
    for path in kept:
        click.echo(f"{folder / path}: kept as it was", err=True)


def _require_engine(engine: str, known: tuple[str, ...]) -> None:
    if engine not in known:
        raise click.BadParameter(f"expected one of {', '.join(known)}, got {engine!r}", param_hint="--engine")


def _cd(folder: Path) -> str:
    return "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
