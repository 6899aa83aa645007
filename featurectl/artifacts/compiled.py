"""A model's compiled SQL as a syntax tree, in the dialect of the adapter that compiled it, and the nodes its tables are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from featurectl.manifest import Node

_DIALECTS = {
    "athena": "athena",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "doris": "doris",
    "dremio": "dremio",
    "duckdb": "duckdb",
    "exasol": "exasol",
    "fabric": "fabric",
    "fabricspark": "spark",
    "glue": "spark",
    "greenplum": "postgres",
    "hive": "hive",
    "materialize": "materialize",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "redshift": "redshift",
    "risingwave": "risingwave",
    "singlestore": "singlestore",
    "snowflake": "snowflake",
    "spark": "spark",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
    "starrocks": "starrocks",
    "synapse": "tsql",
    "teradata": "teradata",
    "trino": "trino",
    "vertica": "postgres",
}


EPHEMERAL = "__dbt__cte__"  # before the name of the CTE that dbt puts in for an ephemeral model


class UnparsedError(ProjectError):
    """Compiled SQL that sqlglot does not understand; the message says where and why."""


def dialect_name(adapter_type: str | None) -> str | None:
    """The name sqlglot gives an adapter's SQL, or None (sqlglot's own, tolerant dialect) for an adapter it does not know."""
    return _DIALECTS.get(adapter_type or "")


def parse_compiled(node: Node, dialect: str | None) -> exp.Query:
    """The one query of a node's compiled code.

    Raises:
        UnparsedError: There is no compiled code, it is no SQL to sqlglot, or it is something else than one query.
    """
    if not node.compiled_code:
        raise UnparsedError(
            f"{node.original_file_path}: {node.name}: expected compiled code, got none", hint="Run `dbt compile`."
        )
    try:
        statements = [tree for tree in parse(node.compiled_code, dialect=dialect) if tree is not None]
    except SqlglotError as error:
        raise _unparsed(node, dialect, _first_problem(error)) from None
    except RecursionError:
        raise _unparsed(node, dialect, "expressions nested too deeply") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        kinds = ", ".join(tree.key for tree in statements) or "nothing"
        raise _unparsed(node, dialect, f"{kinds} instead of one query")
    return statements[0]


def is_relation(node: Node, table: exp.Table) -> bool:
    """Whether a table of the SQL is the node's: every part that both name is the same, whatever its case."""
    relation = node.relation
    pairs = ((table.name, relation.identifier), (table.db, relation.schema), (table.catalog, relation.database))
    return all(not said or not known or said.casefold() == known.casefold() for said, known in pairs)


def _unparsed(node: Node, dialect: str | None, got: str) -> UnparsedError:
    return UnparsedError(
        f"{node.original_file_path}: {node.name}: expected {dialect or 'standard'} SQL that sqlglot can parse, got {got}"
    )


def _first_problem(error: SqlglotError) -> str:
    """What sqlglot says in its first line, without the colours it marks the place with."""
    return str(error).splitlines()[0].replace("\033[4m", "").replace("\033[0m", "")
