"""Reads the JSON of `feast registry-dump` into definitions: for repositories whose Python makes them in loops or functions."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from featurectl.errors import ProjectError
from featurectl.init.feast.definitions import Entity, Field, Projection, Repository, Service, Source, View

if TYPE_CHECKING:
    from pathlib import Path

_HINT = "Write it with `feast registry-dump > registry.json` in the repository."
_UNCARRIED = {
    "onDemandFeatureViews": "on-demand views compute at request time, which is not here yet: compute it in the caller",
    "streamFeatureViews": "a transformation of a stream is Python: write it as SQL over the batch rows",
    "labelViews": "labels are rows of a spine: a model or seed with keys, instant and label",
    "savedDatasets": "a saved training set is a model that calls featurectl.training_set",
    "permissions": "rights are dbt's `group` and `access`, and the tokens of `featurectl serve`",
}
_OPTIONS = tuple(
    f"{kind}Options" for kind in ("file", "bigquery", "redshift", "snowflake", "spark", "trino", "athena", "custom")
)
_VIEW_KEYS = {
    "batchSource",
    "description",
    "enableValidation",
    "entities",
    "entityColumns",
    "features",
    "name",
    "online",
}
_VIEW_KEYS |= {"owner", "project", "streamSource", "tags", "ttl", "version"}


def read_registry_dump(path: Path) -> Repository:
    """The definitions, in the order of the file; paths of files are relative to its folder.

    Raises:
        ProjectError: The file cannot be read, or is no dump of a registry.
    """
    try:
        text = path.read_text(encoding="utf-8")
        dump = json.loads(text[max(text.find("{"), 0) :])  # the command may print warnings before it
    except (OSError, ValueError) as error:
        raise ProjectError(f"{path}: expected the JSON of a Feast registry, got {error}", hint=_HINT) from None
    if not isinstance(dump, dict) or not isinstance(dump.get("featureViews"), list):
        raise ProjectError(f"{path}: featureViews: expected a list, got none", hint=_HINT)
    repository = Repository(str(path.parent.resolve()), project=str(dump.get("project") or ""))
    where = path.name
    for entry in dump.get("entities", []):
        spec = entry["spec"]
        name, dtype = spec["name"], spec.get("valueType")
        repository.entities[name] = Entity(name, (spec.get("joinKey") or name,), dtype)
    for entry in dump["featureViews"]:
        _read_view(repository, where, entry["spec"])
    for key, what in _UNCARRIED.items():
        for entry in dump.get(key, []):
            repository.lose(where, (entry.get("spec") or entry).get("name", key), what)
    for entry in dump.get("featureServices", []):
        _read_service(repository, where, entry["spec"])
    return repository


def _read_view(repository: Repository, where: str, spec: dict[str, Any]) -> None:
    name = spec["name"]
    if "streamSource" in spec:
        repository.lose(
            where, name, "what a stream brings between two syncs is not carried: it is read from the batch source"
        )
    for key in sorted(set(spec) - _VIEW_KEYS):
        repository.lose(where, name, f"{key} has no counterpart here; left out")
    fields = [*spec.get("entityColumns", []), *spec.get("features", [])]
    if "batchSource" not in spec:
        repository.lose(where, name, "a view without a source of rows is not carried")
        return
    repository.views[name] = View(
        name=name,
        where=where,
        entities=tuple(entity for entity in spec.get("entities", []) if entity != "__dummy"),
        fields=tuple(
            Field(each["name"], each.get("valueType", ""), each.get("description", ""), where) for each in fields
        ),
        source=_source(repository, where, name, spec["batchSource"]),
        ttl_seconds=round(float(str(spec.get("ttl") or "0s").removesuffix("s"))) or None,
        online=spec.get("online", False),
        tags=spec.get("tags", {}),
        owner=spec.get("owner", ""),
        description=spec.get("description", ""),
    )


def _source(repository: Repository, where: str, view: str, spec: dict[str, Any]) -> Source:
    options: dict[str, Any] = next((spec[key] for key in _OPTIONS if key in spec), {})
    if "configuration" in options:  # sources that Feast's contributors added hold JSON in base64
        try:
            options = json.loads(base64.b64decode(options["configuration"]))
        except ValueError:
            repository.lose(where, view, "the options of its source cannot be read; change sources.yml")
            options = {}
    table = options.get("table")
    return Source(
        name=spec.get("name") or table or view,
        kind=str(spec.get("dataSourceClassType") or spec.get("type", "")).rpartition(".")[2],
        where=where,
        path=options.get("uri"),
        table=table,
        schema=options.get("schema"),
        database=options.get("database"),
        query=options.get("query"),
        timestamp_field=spec.get("timestampField"),
        created_timestamp_column=spec.get("createdTimestampColumn"),
        field_mapping=spec.get("fieldMapping", {}),
    )


def _read_service(repository: Repository, where: str, spec: dict[str, Any]) -> None:
    projections = []
    for part in spec.get("features", []):
        view = part["featureViewName"]
        if view not in repository.views:
            what = f"features: {view} is not carried, so its features are missing from this service"
            repository.lose(where, spec["name"], what)
            continue
        features = tuple(column["name"] for column in part.get("featureColumns", []))
        projections.append(Projection(view, features, part.get("featureViewNameAlias"), part.get("joinKeyMap", {})))
    if "loggingConfig" in spec:
        repository.lose(where, spec["name"], "loggingConfig has no counterpart here; left out")
    repository.services[spec["name"]] = Service(
        spec["name"],
        where,
        tuple(projections),
        spec.get("tags", {}),
        spec.get("owner", ""),
        spec.get("description", ""),
    )
