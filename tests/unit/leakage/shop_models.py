"""The labelled snippets, each a feature view (and models above it) of one small shop, and what the lint says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
import sqlglot

from featurectl.artifacts.compiled import dialect_name
from featurectl.build import inspect
from featurectl.manifest import Manifest
from featurectl.rules.leakage.lint import check_leakage

FOLDER = Path(__file__).parent / "corpus"
SOURCES = {
    "orders": "ordered_at",
    "payments": "paid_at",
    "returns": "returned_at",
    "web_events": "occurred_at",
    "order_items": None,
    "customers": None,
    "products": None,
    "stores": None,
    "customer_plans": None,
    "fx_rates": None,
    "calendar": None,
    "tickets": None,
}
HEADER = re.compile(r"^-- snippet: (?P<name>\w+); (?P<adapter>\w+); (?P<label>.+)$", re.MULTILINE)
MODEL = re.compile(r"^-- above: (?P<name>\w+)$", re.MULTILINE)
OPTION = re.compile(
    r"^-- (?P<key>event timestamp|created timestamp|join keys|materialized): (?P<value>.+)$", re.MULTILINE
)


@dataclass(frozen=True)
class Snippet:
    """One snippet; leaks are the names of the rules it breaks, without `leakage/`."""

    name: str
    adapter: str
    leaks: frozenset[str]
    is_hard: bool
    sql: str

    def findings(self):
        manifest = manifest_of(self)
        registry, problems = inspect(manifest)
        assert [str(problem) for problem in problems if problem.severity == "error"] == []
        return check_leakage(manifest, registry)

    def found(self):
        return {finding.rule.removeprefix("leakage/") for finding in self.findings()}


def read_snippets(folder=FOLDER):
    """Every snippet of the files of a folder, in order."""
    return [snippet for path in sorted(folder.glob("*.sql")) for snippet in parse_snippets(path.read_text())]


def parse_snippets(text):
    """`-- snippet: name; adapter; label` and the SQL below; the label is `clean`, `hard clean` or names of rules."""
    starts = list(HEADER.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    snippets = []
    for start, end in zip(starts, ends, strict=True):
        label = start["label"]
        leaks = frozenset() if label.endswith("clean") else frozenset(re.split(r", *", label))
        snippets.append(
            Snippet(start["name"], start["adapter"], leaks, label == "hard clean", text[start.end() : end].strip())
        )
    return snippets


def manifest_of(snippet):
    """The shop around a snippet: sources, a seed, a snapshot, the models above, and the snippet as the view `features`."""
    options = {found["key"]: found["value"] for found in OPTION.finditer(snippet.sql)}
    event, keys = options.get("event timestamp", "event_at"), options.get("join keys", "customer_id").split(", ")
    parts = MODEL.split(snippet.sql)
    above = dict(zip(parts[1::2], parts[2::2], strict=True))
    shop = [_node(name, "source", "raw", config={"event_time": time}) for name, time in SOURCES.items()]
    shop.append(_node("country_regions", "seed", "shop"))
    shop.append(_node("customers_snapshot", "snapshot", "shop"))
    known = [node["unique_id"] for node in shop]
    for name, sql in above.items():
        shop.append(_node(name, "model", "shop", compiled_code=sql, depends_on={"nodes": list(known)}, language="sql"))
        known.append(shop[-1]["unique_id"])
    block = {"entity": "entity", "join_keys": keys}
    if "created timestamp" in options:
        block["created_timestamp"] = options["created timestamp"]
    parsed = sqlglot.parse_one(parts[0], dialect=dialect_name(snippet.adapter))
    names = dict.fromkeys(
        [
            *keys,
            event,
            *block.get("created_timestamp", "").split(),
            *(name.lower() for name in parsed.named_selects if name != "*"),
            "value",
        ]
    )
    times = {event, block.get("created_timestamp")}
    view = _node(
        "features",
        "model",
        "shop",
        compiled_code=parts[0],
        depends_on={"nodes": known},
        language="sql",
        columns={name: {"name": name, "data_type": "timestamp" if name in times else "bigint"} for name in names},
        config={
            "materialized": options.get("materialized", "table"),
            "event_time": event,
            "contract": {"enforced": True},
            "meta": {"feature_view": block},
        },
    )
    document = {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "project_name": "shop",
            "adapter_type": snippet.adapter,
        },
        "nodes": {node["unique_id"]: node for node in [*shop, view] if node["resource_type"] != "source"},
        "sources": {node["unique_id"]: node for node in shop if node["resource_type"] == "source"},
    }
    return msgspec.convert(document, Manifest)


def _node(name, kind, schema, **fields):
    return {
        "unique_id": f"{kind}.shop.{name}",
        "name": name,
        "resource_type": kind,
        "package_name": "shop",
        "original_file_path": f"models/{name}.sql",
        "schema": schema,
        "alias": name,
        **fields,
    }
