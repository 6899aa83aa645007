"""The labels to replace, the training set and the exposure of a Feast feature service."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from featurectl.init.feast.text import Flow, FlowList, identifier, to_yaml, verbatim
from featurectl.init.feast.view_files import tags_of
from featurectl.init.starter import as_name

if TYPE_CHECKING:
    from featurectl.init.feast.columns import Column, Columns
    from featurectl.init.feast.definitions import Projection, Repository, Service

EVENT_TIMESTAMP = "event_timestamp"  # the name Feast asks of every spine
_INDENT = " " * 4


def service_files(
    repository: Repository, service: Service, columns: dict[str, Columns], models: dict[str, str], project: str
) -> dict[str, str]:
    """Three files below models/training_sets; none, with the reason noted, where no view of the service is carried."""
    parts = [part for part in service.projections if part.view in columns]
    for part in service.projections:
        if part.view not in columns:
            what = f"features: {part.view} is not carried, so its features are missing from this service"
            repository.lose(service.where, service.name, what)
    items = _items(repository, service, parts, columns, models)
    if not items:
        repository.lose(service.where, service.name, "no feature of this service is carried, so it is not written")
        return {}
    name = as_name(service.name)
    if name != service.name:
        repository.lose(service.where, service.name, f"is called {name}")
    path = f"models/training_sets/{name}"
    return {
        f"{path}_labels.sql": _labels(parts, columns, models),
        f"{path}_training.sql": _training(name, items),
        f"{path}_training.yml": to_yaml(_properties(service, name, project)),
    }


def _items(
    repository: Repository,
    service: Service,
    parts: list[Projection],
    columns: dict[str, Columns],
    models: dict[str, str],
) -> list[dict[str, Any]]:
    """The items of training_set; a prefix where two features would have one name."""
    chosen = []
    for part in parts:
        there = [column.name for column in columns[part.view].features]
        for missing in [feature for feature in part.features or () if feature not in there]:
            repository.lose(service.where, service.name, f"{part.view}:{missing} is not carried; left out")
        chosen.append([feature for feature in part.features or there if feature in there])
    outputs = Counter(feature for features in chosen for feature in features)
    items = []
    for part, features in zip(parts, chosen, strict=True):
        if not features:
            continue
        item: dict[str, Any] = {"view": models[part.view], "features": features}
        if part.join_key_map:
            item["join_keys"] = part.join_key_map
        if part.name or any(outputs[feature] > 1 for feature in features):
            item["prefix"] = f"{as_name(part.name or part.view)}__"  # what Feast calls full feature names
            what = f"the features of {part.view} are called {item['prefix']}..., as Feast's full feature names are"
            repository.lose(service.where, service.name, what)
        items.append(item)
    return items


def _labels(parts: list[Projection], columns: dict[str, Columns], models: dict[str, str]) -> str:
    """Rows to begin with: those of a view that has all keys, else none."""
    keys: dict[str, Column] = {}
    for part in parts:
        for column in columns[part.view].keys:
            keys.setdefault(part.join_key_map.get(column.name, column.name), column)
    head = "{# Feast takes the spine from its caller: put your labels here, each with its keys, its instant and what to learn. #}"
    for part in parts:
        found = columns[part.view]
        if {column.name for column in found.keys} == set(keys) and not part.join_key_map:
            event = found.event_timestamp.name
            named = EVENT_TIMESTAMP if event == EVENT_TIMESTAMP else f"{_quoted(event)} as {EVENT_TIMESTAMP}"
            selected = [*(_quoted(name) for name in keys), named]
            source = f"from {{{{ ref('{models[part.view]}') }}}}"
            return "\n".join([head, "select", _INDENT + f",\n{_INDENT}".join(selected), source]) + "\n"
    instant = columns[parts[0].view].event_timestamp.data_type
    selected = [f"cast(null as {column.data_type}) as {_quoted(name)}" for name, column in keys.items()]
    selected.append(f"cast(null as {instant}) as {EVENT_TIMESTAMP}")
    return "\n".join([head, "select", _INDENT + f",\n{_INDENT}".join(selected), "limit 0"]) + "\n"


def _quoted(name: str) -> str:
    return identifier(name, "duckdb") if identifier(name, "duckdb") == name else f"{{{{ adapter.quote({name!r}) }}}}"


def _training(name: str, items: list[dict[str, Any]]) -> str:
    lines = [
        "{{ featurectl.training_set(",
        f"    spine=ref('{name}_labels'),",
        f"    event_timestamp='{EVENT_TIMESTAMP}',",
        "    features=[",
        *(f"        {item!r}," for item in items),
        "    ],",
        ") }}",
    ]
    return "\n".join(lines) + "\n"


def _properties(service: Service, name: str, project: str) -> dict[str, Any]:
    owner = service.owner or project
    described = {"description": verbatim(service.description)} if service.description else {}
    tags = {"tags": FlowList(tags_of(service.tags))} if service.tags else {}
    return {
        "models": [
            {
                "name": f"{name}_training",
                "description": f"The features of {name}, as they were known at each label's instant.",
                "data_tests": [
                    {"featurectl.one_row_per_spine_row": {"arguments": Flow(spine=f"ref('{name}_labels')")}},
                    "featurectl.no_leakage",
                ],
            }
        ],
        "exposures": [
            {
                "name": name,
                "type": "ml",
                **described,
                "owner": Flow(email=owner) if "@" in owner else Flow(name=owner),
                "depends_on": [f"ref('{name}_training')"],
                "config": {**tags, "meta": {"feature_service": Flow()}},
            }
        ],
    }
