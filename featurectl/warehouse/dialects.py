"""How each engine spells what the queries cannot say in common SQL: clocks, hashes, the order of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.warehouse.types import is_date, is_nested, is_text, is_zoned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.warehouse.queries import Dialect


class PostgresDialect:
    """PostgreSQL's spelling."""

    name = "postgres"

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002 - one spelling for all types
        """EXTRACT is exact (numeric) since PostgreSQL 14; it takes a naive timestamp as UTC."""
        return _spelled("case when isfinite({}) then (extract(epoch from {}) * 1000000)::bigint end", self.name, column)

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """A hash of the row's text, in which quotes keep the values apart."""
        return _spelled('hashtextextended(row({})::text collate "C", 0)', self.name, *values)

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """Text by code point, not by the database's language; plain json, which has no order, by its text."""
        if data_type.lower() == "json":
            return _spelled('({}::text collate "C")', self.name, column)
        return _spelled('({} collate "C")', self.name, column) if is_text(data_type) else column.copy()


class RedshiftDialect:
    """Amazon Redshift's spelling; it sorts text by its bytes."""

    name = "redshift"

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """Counted from 1970, a zoned value from its UTC reading."""
        utc = "({} at time zone 'UTC')" if is_zoned(data_type) else "{}"
        return _spelled(f"datediff(microsecond, timestamp '1970-01-01 00:00:00', {utc})", self.name, column)

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """FNV hashes chained through their seeds, a null told by a number of its own."""
        number: exp.Expression = exp.Literal.number(0)
        for value in values:
            each = _spelled("coalesce(fnv_hash({}), 1)", self.name, value)
            number = exp.Anonymous(this="fnv_hash", expressions=[each, number])
        return number

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002
        """As it is."""
        return column.copy()


class SnowflakeDialect:
    """Snowflake's spelling."""

    name = "snowflake"

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """Microseconds of the epoch; a date must become a timestamp first."""
        instant = "cast({} as timestamp_ntz)" if is_date(data_type) else "{}"
        return _spelled(f"date_part(epoch_microsecond, {instant})", self.name, column)

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """Snowflake's own 64-bit `hash`."""
        return exp.Anonymous(this="hash", expressions=list(values))

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002
        """As it is."""
        return column.copy()


class BigQueryDialect:
    """BigQuery's spelling."""

    name = "bigquery"

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002 - one spelling for all types
        """TIMESTAMP() takes a DATE or DATETIME as UTC, and a TIMESTAMP as it is."""
        return _spelled("unix_micros(timestamp({}))", self.name, column)

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """A fingerprint of the row as JSON; wide, for a sum of 64-bit integers overflows."""
        return _spelled("cast(farm_fingerprint(to_json_string(struct({}))) as bignumeric)", self.name, *values)

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """Nested values, which have no order, by their JSON."""
        return _spelled("to_json_string({})", self.name, column) if is_nested(data_type) else column.copy()


class SparkDialect:
    """Spark's and Databricks' spelling."""

    def __init__(self, name: str = "spark") -> None:
        self.name = name

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002 - asked of Spark itself
        """A TIMESTAMP is an instant; naive ones and dates are subtracted from a naive 1970, for a session's zone has gaps."""
        return _spelled(
            "case when typeof({}) = 'timestamp' then unix_micros(cast({} as timestamp_ltz)) else "
            "(cast({} as timestamp_ntz) - timestamp_ntz'1970-01-01 00:00:00') div interval '0.000001' second end",
            self.name,
            column,
        )

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """Spark's own 64-bit hash; wide, for a sum of 64-bit integers overflows.

        It passes over nulls, also in lists; the row as JSON says where they are.
        """
        text = ", ".join(value.sql(dialect=self.name) for value in values)
        return exp.Var(this=f"cast(xxhash64({text}, to_json(struct({text}))) as decimal(38, 0))")

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002
        """As it is."""
        return column.copy()


class TrinoDialect:
    """Trino's and Athena's spelling."""

    name = "trino"

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002 - one spelling for all types
        """A double of seconds, exact to the microsecond until 2242."""
        return _spelled("cast(round(to_unixtime({}) * 1000000) as bigint)", self.name, column)

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """A hash of the row as JSON; wide, for a sum of 64-bit integers overflows."""
        text = "json_format(cast(row({}) as json))"
        return _spelled(f"cast(from_big_endian_64(xxhash64(to_utf8({text}))) as decimal(38, 0))", self.name, *values)

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:  # noqa: ARG002
        """As it is."""
        return column.copy()


_DIALECTS: dict[str, Dialect] = {
    "postgres": PostgresDialect(),
    "redshift": RedshiftDialect(),
    "snowflake": SnowflakeDialect(),
    "bigquery": BigQueryDialect(),
    "spark": SparkDialect(),
    "databricks": SparkDialect("databricks"),
    "trino": TrinoDialect(),
}
ENGINES = tuple(_DIALECTS)


def dialect_of(adapter_type: str) -> Dialect:
    """The dialect of an adapter: ``duckdb`` or one of `ENGINES`."""
    if adapter_type == "duckdb":
        # Its module imports the driver, which only its users have.
        from featurectl.warehouse.duckdb import DuckDBDialect  # noqa: PLC0415

        return DuckDBDialect()
    return _DIALECTS[adapter_type]


def _spelled(template: str, dialect: str, *values: exp.Expression) -> exp.Expression:
    """An expression in the engine's own words, with values (quoted as the engine quotes) for ``{}``, separated by commas.

    sqlglot would take these words for another engine's and translate some of them, so they go through it as they are.
    """
    return exp.Var(this=template.replace("{}", ", ".join(value.sql(dialect=dialect) for value in values)))
