"""Writes a dbt project of 1,000 models as its manifest: 600 staging models, 200 feature views, 150 training sets, 50 services' labels.

A manifest of this shape, compiled SQL, columns, tests and macros included, has about 12 MB: what a large team's project has.
Everything follows from the counters, so that two runs write the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STAGING, VIEWS, TRAINING_SETS, SERVICES = 600, 200, 150, 50
PROJECT = "market"
ENTITIES = ("customer", "merchant", "product", "courier", "store", "session", "card", "device")
OWNERS = ("growth", "risk", "logistics", "search", "pricing")
TOPICS = ("orders", "refunds", "visits", "payments", "deliveries", "reviews", "baskets", "returns", "clicks", "tickets")
MEASURES = ("count", "amount_sum", "amount_avg", "amount_max", "distinct_products")
WINDOWS = ("1d", "7d", "30d", "90d")
SCHEMA = "https://schemas.getdbt.com/dbt/manifest/v12.json"


def write_big_project(folder: Path) -> Path:
    """The folder as a parsed and built dbt project; the path of its manifest."""
    (folder / "target").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(f"name: {PROJECT}\nprofile: {PROJECT}\n")
    path = folder / "target" / "manifest.json"
    path.write_text(json.dumps(big_manifest()))
    return path


def big_manifest() -> dict[str, Any]:
    """The manifest as dbt 1.11 writes it, with what featurectl does not read, too."""
    nodes = [_staging(number) for number in range(STAGING)]
    nodes += [_view(number) for number in range(VIEWS)]
    nodes += [_labels(number) for number in range(SERVICES)]
    nodes += [_training_set(number) for number in range(TRAINING_SETS)]
    nodes += [test for node in nodes for test in _tests(node)]
    by_id = {node["unique_id"]: node for node in nodes}
    children: dict[str, list[str]] = {unique_id: [] for unique_id in by_id}
    for node in nodes:
        for parent in node["depends_on"]["nodes"]:
            children.setdefault(parent, []).append(node["unique_id"])
    exposures = [_service(number) for number in range(SERVICES)]
    sources = [_source(number) for number in range(len(TOPICS) * len(ENTITIES))]
    return {
        "metadata": {
            "dbt_schema_version": SCHEMA, "dbt_version": "1.11.16", "generated_at": "2026-11-01T06:00:00.000000Z",
            "invocation_id": "00000000-0000-0000-0000-000000000000", "project_name": PROJECT, "adapter_type": "duckdb",
        },
        "nodes": by_id,
        "sources": {source["unique_id"]: source for source in sources},
        "macros": {f"macro.dbt.m{number}": _macro(number) for number in range(700)},
        "docs": {},
        "exposures": {exposure["unique_id"]: exposure for exposure in exposures},
        "groups": {
            f"group.{PROJECT}.{owner}": {"name": owner, "unique_id": f"group.{PROJECT}.{owner}", "owner": {"name": owner}}
            for owner in OWNERS
        },
        "parent_map": {node["unique_id"]: node["depends_on"]["nodes"] for node in nodes},
        "child_map": children,
    }  # fmt: skip


def _staging(number: int) -> dict[str, Any]:
    topic, entity = TOPICS[number % len(TOPICS)], ENTITIES[number // len(TOPICS) % len(ENTITIES)]
    columns = {f"{entity}_id": "bigint", "happened_at": "timestamp", "loaded_at": "timestamp", "product_id": "bigint",
               "amount": "decimal(12, 2)", "status": "varchar", "country": "varchar", "is_test": "boolean"}  # fmt: skip
    source = f"source.{PROJECT}.raw.{topic}_{entity}"
    parent = f"raw.{topic}_{entity}"
    sql = f"""with source as (
    select * from "{PROJECT}"."raw"."{topic}_{entity}"
),
renamed as (
    select
        cast(id_of_{entity} as bigint) as {entity}_id,
        cast(ts as timestamp) as happened_at,
        cast(coalesce(loaded, ts) as timestamp) as loaded_at,
        cast(product as bigint) as product_id,
        cast(amount_cents as decimal(12, 2)) / 100 as amount,
        lower(trim(status)) as status,
        upper(country_code) as country,
        coalesce(is_test, false) as is_test,
        row_number() over (partition by id_of_{entity}, ts order by loaded desc) as recency_rank
    from source
    where ts is not null
)
select {", ".join(columns)} from renamed
where recency_rank = 1 and not is_test"""
    name = f"stg_{topic}_{entity}_{number}"
    return _model(name, "staging", sql, columns, [source], raw=sql.replace(f'"{PROJECT}".{parent}', "{{ source() }}"))


def _view(number: int) -> dict[str, Any]:
    entity, topic = ENTITIES[number % len(ENTITIES)], TOPICS[number % len(TOPICS)]
    features = {f"{topic}_{measure}_{window}_{number}": "bigint" if "amount" not in measure else "double"
                for measure in MEASURES for window in WINDOWS[: 2 + number % 3]}  # fmt: skip
    columns = {f"{entity}_id": "bigint", "happened_at": "timestamp", "loaded_at": "timestamp", **features}
    parents = [f"model.{PROJECT}.{_staging_name(number * 3 + offset)}" for offset in range(3)]
    aggregates = ",\n        ".join(
        f"{_AGGREGATES[index % len(_AGGREGATES)]} over (partition by {entity}_id order by happened_at "
        f"range between interval {1 + index % 90} day preceding and current row) as {feature}"
        for index, feature in enumerate(features)
    )
    unions = "\n    union all\n".join(
        f'    select {entity}_id, happened_at, loaded_at, product_id, amount from "{PROJECT}"."main"."{_staging_name(number * 3 + offset)}"'
        for offset in range(3)
    )
    sql = f"""with events as (
{unions}
),
windowed as (
    select
        {entity}_id,
        happened_at,
        max(loaded_at) over (partition by {entity}_id order by happened_at rows between unbounded preceding and current row) as loaded_at,
        {aggregates}
    from events
)
select {", ".join(columns)} from windowed"""
    meta = {"feature_view": {
        "entity": entity, "join_keys": [f"{entity}_id"], "created_timestamp": "loaded_at",
        "ttl": {"count": 30, "period": "day"}, "freshness": {"warn_after": {"count": 6, "period": "hour"}},
    }}  # fmt: skip
    config = {"event_time": "happened_at", "contract": {"enforced": True}, "meta": meta, "group": OWNERS[number % 5]}
    said = f"What is known of a {entity}'s {topic}, number {number}."
    return _model(f"{entity}_{topic}_{number}", "feature_views", sql, columns, parents, config, said)


_AGGREGATES = ("count(*)", "sum(amount)", "avg(amount)", "max(amount)", "count(product_id)")


def _labels(number: int) -> dict[str, Any]:
    columns = {**{f"{entity}_id": "bigint" for entity in ENTITIES}, "asked_at": "timestamp", "label": "boolean"}
    keys = ", ".join(f"1 as {entity}_id" for entity in ENTITIES)
    sql = f'select {keys}, happened_at as asked_at, amount > 10 as label from "{PROJECT}"."main"."{_staging_name(number)}"'
    return _model(f"labels_{number}", "labels", sql, columns, [f"model.{PROJECT}.{_staging_name(number)}"])


def _training_set(number: int) -> dict[str, Any]:
    views = [_view(view) for view in range(number, number + 3)]
    references = [f"{view['name']}:*" for view in views]
    columns = {name: column["data_type"] for view in views for name, column in list(view["columns"].items())[3:]}
    labels = f"labels_{number % SERVICES}"
    joins = "\n".join(_join(view) for view in views)
    outputs = ",\n    ".join(f"{view['name']}.{name}" for view in views for name in list(view["columns"])[3:])
    sql = f"""with spine as (
    select * from "{PROJECT}"."main"."{labels}"
)
select
    spine.*,
    {outputs}
from spine
{joins}"""
    meta = {
        "training_set": {
            "event_timestamp": "asked_at",
            "features": references,
            "join_keys": {},
            "known_at_cutoff": True,
        }
    }
    parents = [view["unique_id"] for view in views] + [f"model.{PROJECT}.{labels}"]
    return _model(
        f"training_{number}", "training_sets", sql, columns, parents, {"meta": meta, "group": OWNERS[number % 5]}
    )


def _join(view: dict[str, Any]) -> str:
    name, key = view["name"], next(iter(view["columns"]))
    return f"""left join (
    select
        *,
        lead(happened_at) over (partition by {key} order by happened_at) as next_at
    from "{PROJECT}"."main"."{name}"
) as {name} on spine.{key} = {name}.{key}
    and {name}.happened_at <= spine.asked_at
    and (spine.asked_at < {name}.next_at or {name}.next_at is null)"""


def _service(number: int) -> dict[str, Any]:
    return {
        "name": f"model_{number}", "resource_type": "exposure", "package_name": PROJECT, "type": "ml",
        "path": "services.yml", "original_file_path": "models/services.yml", "fqn": [PROJECT, f"model_{number}"],
        "unique_id": f"exposure.{PROJECT}.model_{number}", "owner": {"name": OWNERS[number % 5]}, "tags": [],
        "description": f"Model number {number}.", "config": {"enabled": True, "meta": {"feature_service": {}}},
        "meta": {"feature_service": {}}, "depends_on": {"macros": [], "nodes": [f"model.{PROJECT}.training_{number}"]},
    }  # fmt: skip


def _source(number: int) -> dict[str, Any]:
    table = f"{TOPICS[number % len(TOPICS)]}_{ENTITIES[number // len(TOPICS)]}"
    return {
        "name": table, "identifier": table, "source_name": "raw", "resource_type": "source", "package_name": PROJECT,
        "database": PROJECT, "schema": "raw", "unique_id": f"source.{PROJECT}.raw.{table}", "config": {"enabled": True},
        "path": "models/sources.yml", "original_file_path": "models/sources.yml", "columns": {}, "tags": [], "meta": {},
        "fqn": [PROJECT, "raw", table], "description": "",
    }  # fmt: skip


def _model(
    name: str, folder: str, sql: str, columns: dict[str, str], parents: list[str],
    config: dict[str, Any] | None = None, description: str = "", raw: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    full = {"enabled": True, "materialized": "table", "tags": [folder], "meta": {}, "access": "protected", "group": None,
            "contract": {"enforced": False, "alias_types": True}, "on_schema_change": "ignore", "quoting": {},
            "persist_docs": {}, "pre-hook": [], "post-hook": [], "column_types": {}, **(config or {})}  # fmt: skip
    path = f"{folder}/{name}.sql"
    return {
        "database": PROJECT, "schema": "main", "name": name, "resource_type": "model", "package_name": PROJECT, "path": path,
        "original_file_path": f"models/{path}", "unique_id": f"model.{PROJECT}.{name}", "fqn": [PROJECT, folder, name],
        "alias": name, "checksum": {"name": "sha256", "checksum": "0" * 64}, "config": full, "tags": [folder],
        "description": description, "meta": full["meta"], "group": full["group"], "docs": {"show": True, "node_color": None},
        "columns": {column: {
            "name": column, "description": f"The {column.replace('_', ' ')}.", "meta": {}, "data_type": data_type,
            "constraints": [], "quote": None, "config": {"meta": {}, "tags": []}, "tags": [], "granularity": None,
            "doc_blocks": [],
        } for column, data_type in columns.items()},
        "patch_path": f"{PROJECT}://models/{folder}/{name}.yml", "build_path": None, "unrendered_config": config or {},
        "created_at": 1.0, "relation_name": f'"{PROJECT}"."main"."{name}"', "raw_code": raw or sql, "language": "sql",
        "refs": [{"name": parent.rsplit(".", 1)[-1], "package": None, "version": None} for parent in parents],
        "sources": [], "metrics": [], "depends_on": {"macros": [], "nodes": parents}, "compiled_path": f"target/compiled/{path}",
        "compiled": True, "compiled_code": sql, "extra_ctes_injected": True, "extra_ctes": [],
        "contract": full["contract"], "access": full["access"], "constraints": [], "version": None, "latest_version": None,
        "deprecation_date": None, "primary_key": [], "time_spine": None,
    }  # fmt: skip


def _tests(node: dict[str, Any]) -> list[dict[str, Any]]:
    key = next(iter(node["columns"]))
    name = f"not_null_{node['name']}_{key}"
    sql = f'select {key} from "{PROJECT}"."main"."{node["name"]}" where {key} is null'
    return [{
        "test_metadata": {"name": "not_null", "kwargs": {"column_name": key, "model": "{{ get_where_subquery(ref()) }}"},
                          "namespace": None},
        "name": name, "resource_type": "test", "package_name": PROJECT, "path": f"{name}.sql", "database": PROJECT,
        "original_file_path": node["patch_path"].split("://")[-1], "unique_id": f"test.{PROJECT}.{name}.0", "alias": name,
        "schema": "main_dbt_test__audit", "fqn": [PROJECT, name], "config": {"enabled": True, "severity": "ERROR", "meta": {}},
        "tags": [], "description": "", "columns": {}, "meta": {}, "raw_code": "{{ test_not_null(**_dbt_args) }}", "language": "sql",
        "depends_on": {"macros": ["macro.dbt.test_not_null"], "nodes": [node["unique_id"]]}, "compiled_code": sql,
        "column_name": key, "attached_node": node["unique_id"],
    }]  # fmt: skip


def _macro(number: int) -> dict[str, Any]:
    body = f"{{% macro m{number}(relation) %}}\n" + "    -- as adapters do\n" * 60 + "{% endmacro %}"
    return {
        "name": f"m{number}",
        "resource_type": "macro",
        "package_name": "dbt",
        "macro_sql": body,
        "unique_id": f"macro.dbt.m{number}",
    }


def _staging_name(number: int) -> str:
    topic, entity = TOPICS[number % len(TOPICS)], ENTITIES[number // len(TOPICS) % len(ENTITIES)]
    return f"stg_{topic}_{entity}_{number}"


if __name__ == "__main__":
    import sys

    print(write_big_project(Path(sys.argv[1])).stat().st_size)
