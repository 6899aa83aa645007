"""Feast's types as the types of each engine."""

from __future__ import annotations

import re

# What the words of an engine below are, in order.
_ORDER = "BYTES|STRING|INT32|INT64|FLOAT|DOUBLE|BOOL|TIMESTAMP|ZONED_TIMESTAMP|UUID|JSON|DECIMAL|LIST"
_ENGINES = {
    "duckdb": "blob|varchar|integer|bigint|float|double|boolean|timestamp|timestamptz|uuid|json|decimal(38,9)|{}[]",
    "postgres": "bytea|text|integer|bigint|real|double precision|boolean|timestamp|timestamptz|uuid|jsonb|numeric(38,9)|{}[]",
    "snowflake": "binary|varchar|integer|bigint|double|double|boolean|timestamp_ntz|timestamp_tz|varchar||number(38,9)|",
    "bigquery": "bytes|string|int64|int64|float64|float64|bool|datetime|timestamp|string|json|bignumeric|array<{}>",
    "redshift": "|varchar(65535)|integer|bigint|real|double precision|boolean|timestamp|timestamptz|varchar(36)||numeric(38,9)|",
    "spark": "binary|string|int|bigint|float|double|boolean|timestamp_ntz|timestamp|string||decimal(38,9)|array<{}>",
    "trino": "varbinary|varchar|integer|bigint|real|double|boolean|timestamp(6)|timestamp(6) with time zone|uuid|json|decimal(38,9)|array({})",
}
ENGINES = tuple(_ENGINES)
_TYPES = {engine: dict(zip(_ORDER.split("|"), words.split("|"), strict=True)) for engine, words in _ENGINES.items()}

# Feast has three spellings of a type: its class, ValueType's member, and the name in a registry dump.
_WORDS = {
    "INT32": "INT32",
    "INT64": "INT64",
    "FLOAT32": "FLOAT",
    "FLOAT": "FLOAT",
    "FLOAT64": "DOUBLE",
    "DOUBLE": "DOUBLE",
    "BOOL": "BOOL",
    "STRING": "STRING",
    "BYTES": "BYTES",
    "PDFBYTES": "BYTES",
    "IMAGEBYTES": "BYTES",
    "UNIXTIMESTAMP": "TIMESTAMP",
    "ZONEDTIMESTAMP": "ZONED_TIMESTAMP",
    "UUID": "UUID",
    "TIMEUUID": "UUID",
    "JSON": "JSON",
    "DECIMAL": "DECIMAL",
}
_OFFLINE_STORES = {
    "dask": "duckdb",
    "duckdb": "duckdb",
    "file": "duckdb",
    "local": "duckdb",
    "": "duckdb",
    "gcp": "bigquery",
    "aws": "redshift",
}


def engine_of(offline_store: str, source_kinds: set[str]) -> str:
    """The dbt adapter for a Feast offline store; where that does not say, for the sources; DuckDB for files and all others."""
    words = (offline_store, *sorted(source_kinds)) if offline_store not in _OFFLINE_STORES else sorted(source_kinds)
    for word in words:
        for engine in ENGINES:
            if engine in word.lower().replace("postgresql", "postgres"):
                return engine
    return _OFFLINE_STORES.get(offline_store, "duckdb")


def warehouse_type(dtype: str, engine: str) -> str | None:
    """The engine's type for a type of Feast's; None where there is none that a look-up can answer (maps, structs, sets)."""
    text = dtype.removeprefix("ValueType.")
    listed = re.fullmatch(r"Array\((.+)\)|(.+)_LIST", text)
    if listed is not None:
        item = warehouse_type(listed[1] or listed[2], engine)
        template = _TYPES[engine]["LIST"]
        return template.format(item) if item and template else None
    word = _WORDS.get(text.upper().replace("_", ""))
    return _TYPES[engine][word] or None if word else None


def is_approximate(dtype: str) -> bool:
    """Whether the mapping chooses something that Feast leaves open."""
    return "DECIMAL" in dtype.upper()
