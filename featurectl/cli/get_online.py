"""`featurectl get-online`: look up features from the shell."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import msgspec

from featurectl.cli.options import json_option, project_options
from featurectl.cli.store_options import store_options
from featurectl.cli.text import table
from featurectl.errors import UnknownNameError
from featurectl.plan.deprecation import since
from featurectl.warehouse.profile import read_target
from serving import FeatureStore

if TYPE_CHECKING:
    from featurectl.cli.project import Project
    from featurectl.cli.store_options import StoreOptions
    from serving import OnlineFeatures


INTEGER_TYPES = frozenset({"int64", "uint64", "hugeint"})


@click.command("get-online")
@click.argument("features", nargs=-1, required=True, metavar="SERVICE | VIEW:FEATURE[,...]...")
@click.option(
    "--entity",
    "-e",
    "entities",
    multiple=True,
    required=True,
    metavar="KEY=VALUE[,KEY=VALUE] | JSON",
    help="One entity; repeat it for more. As a JSON object where a value holds a comma.",
)
@store_options
@project_options
@json_option
def get_online(
    project: Project, store: StoreOptions, features: tuple[str, ...], entities: tuple[str, ...], as_json: bool
) -> None:
    """Look up the newest features of entities.

    \b
    Examples:
        featurectl get-online late_arrival_model -e tailnum=N14228,origin=EWR,dest=IAH,carrier=UA
        featurectl get-online plane_delays:arr_delay_avg_7d -e tailnum=N14228 --json
        featurectl get-online 'routes:*' -e '{"origin": "EWR", "dest": "IAH"}'
    """
    namespace = store.namespace or default_namespace(project)
    rows = [_row(entity) for entity in entities]
    client = FeatureStore.from_url(store.url(project.project_dir), namespace=namespace, as_of=store.as_of)
    with closing(client):
        wanted = _wanted(client, _parts(features))
        answer = client.get_online_features(wanted, typed_rows(client, wanted, rows))
    click.echo(_as_json(answer) if as_json else _as_text(answer))
    for view, date in answer.deprecations.items():
        said = since(date, store.as_of or datetime.now(UTC))
        click.secho(f"Warning: {view} {said}", fg="yellow", err=True)


def typed_rows(client: FeatureStore, features: str | list[str], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Key values as their declared types; text that does not fit is left for the client to refuse."""
    types = client.join_keys(features)
    return [{name: _typed(value, types.get(name, "string")) for name, value in row.items()} for row in rows]


def _parts(features: tuple[str, ...]) -> list[str]:
    """Arguments, each one reference or several joined by commas, as `featurectl training-set` takes them."""
    parts = [part.strip() for text in features for part in text.split(",") if part.strip()]
    if not parts:
        raise click.BadParameter(f"expected a service or VIEW:FEATURE, got {features[0]!r}", param_hint="FEATURES")
    return parts


def _wanted(client: FeatureStore, features: list[str]) -> str | list[str]:
    """A service alone, else references; a view's bare name is neither, and all that was meant is `:*`.

    Raises:
        UnknownNameError: One is the name of a view.
    """
    catalog = client.catalog()
    views = {view.name for view in catalog.views.values()}
    for name in features:
        if name.partition("@")[0] in views and name not in catalog.services and ":" not in name:
            hint = f"It is a feature view: write '{name}:*' for all of its features, or '{name}:<feature>'."
            raise UnknownNameError("service or feature", name, [], hint=hint)
    return features[0] if len(features) == 1 and ":" not in features[0] else features


def default_namespace(project: Project) -> str:
    """``<dbt project>:<target>``, as sync-online chooses it."""
    target = read_target(
        project.project_dir, target=project.target, profile=project.profile, profiles_dir=project.profiles_dir
    )
    return f"{project.manifest().metadata.project_name}:{target.name}"


def _typed(text: Any, type_name: str) -> Any:
    """Text as its declared type; what JSON gave another type is as it was meant."""
    if not isinstance(text, str):
        return text
    try:
        if type_name in INTEGER_TYPES:
            return int(text)
    except ValueError:
        return text
    if type_name == "bool":
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _row(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            return msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise click.BadParameter(f"expected a JSON object, got {text!r}: {error}", param_hint="--entity") from None
    pairs = [part.partition("=") for part in text.split(",")]
    if any(not separator or not name for name, separator, _ in pairs):
        raise click.BadParameter(
            f"expected KEY=VALUE, several joined by commas, or a JSON object, got {text!r}", param_hint="--entity"
        )
    return {name.strip(): value for name, _, value in pairs}


def _as_json(answer: OnlineFeatures) -> str:
    columns = {"features": answer.to_dict(), "statuses": answer.statuses, "event_timestamps": answer.event_timestamps}
    return msgspec.json.encode(columns).decode()


def _as_text(answer: OnlineFeatures) -> str:
    """A table an entity: name, value, status, event timestamp."""
    return "\n\n".join(
        table(
            [
                {
                    "feature": name,
                    "value": values[index],
                    "status": str(answer.statuses[name][index]),
                    "event_timestamp": _instant(answer.event_timestamps[name][index]),
                }
                for name, values in answer.to_dict().items()
            ],
            ("feature", "value", "status", "event_timestamp"),
        )
        for index in range(len(answer))
    )


def _instant(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None
