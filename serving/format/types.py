"""Wire types: what a warehouse type becomes online, whatever the engine calls it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from serving.errors import UnservableTypeError

# Canonical kind -> the words engines use for it (DuckDB, PostgreSQL, Spark, Snowflake, BigQuery), lower case.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "bool": ("bool", "boolean", "logical"),
    "int64": (
        *("tinyint", "smallint", "integer", "int", "bigint", "byte", "short", "long", "signed", "mediumint", "byteint"),
        *("int1", "int2", "int4", "int8", "int16", "int32", "int64"),
        *("utinyint", "usmallint", "uinteger", "uint8", "uint16", "uint32"),
        *("smallserial", "serial", "bigserial"),
    ),
    "uint64": ("ubigint", "uint64"),
    "hugeint": ("hugeint", "uhugeint", "int128", "uint128", "bignum", "varint"),
    "float32": ("float", "float4", "float32", "real"),
    "float64": ("double", "double precision", "float8", "float64"),
    "decimal": ("decimal", "numeric", "dec", "bignumeric", "bigdecimal"),
    "string": ("varchar", "text", "string", "char", "character", "character varying", "bpchar", "nvarchar", "enum"),
    "bytes": ("blob", "bytea", "binary", "varbinary", "bytes"),
    "date": ("date", "date32"),
    "time": ("time", "time without time zone"),
    "timestamp": (
        *("timestamp", "datetime", "timestamp without time zone", "timestamp_ntz", "timestampntz"),
        *("timestamp_s", "timestamp_ms", "timestamp_us", "timestamp_ns"),
    ),
    "timestamptz": ("timestamptz", "timestamp with time zone", "timestamp_tz", "timestamp_ltz", "timestampltz"),
    "uuid": ("uuid",),
    "json": ("json", "jsonb"),
}

# Kinds with one exact text per value. A bare decimal has no declared scale, and equal JSON has many texts.
KEY_KINDS = frozenset(
    {"bool", "int64", "uint64", "hugeint", "decimal", "string", "date", "time", "timestamp", "timestamptz", "uuid"}
)

_KIND_OF = {word: kind for kind, words in SPELLINGS.items() for word in words}
_LIST = re.compile(
    r"(?P<item>.+)\[\d*\]|(?:list|array)\s*<(?P<angle>.+)>|(?:list|array)\s*\((?P<round>.+)\)", re.DOTALL
)
_SCALAR = re.compile(r"(?P<word>[a-z_][a-z0-9_ ]*?)\s*(?:\((?P<arguments>.*)\))?\s*(?P<suffix>with(?:out)? time zone)?")
_DECIMAL_ARGUMENTS = re.compile(r"\s*(?P<precision>\d+)\s*(?:,\s*(?P<scale>\d+)\s*)?")
_FLOAT32_BITS = 24


@dataclass(frozen=True, slots=True)
class WireType:
    """One type of the wire format.

    Attributes:
        kind: A key of `SPELLINGS`, or ``list``.
        precision: Of a decimal with a declared scale, else None.
        scale: Digits after the point, or None.
        item: Type of a list's items, else None.
    """

    kind: str
    precision: int | None = None
    scale: int | None = None
    item: WireType | None = None

    @property
    def name(self) -> str:
        """The canonical text that schemas and the catalog store; `parse_type` reads it back."""
        if self.item is not None:
            return f"list<{self.item.name}>"
        if self.scale is not None:
            return f"{self.kind}({self.precision},{self.scale})"
        return self.kind


@lru_cache(maxsize=4096)
def parse_type(text: str) -> WireType:
    """The wire type of a warehouse type, in any engine's spelling or in its canonical one.

    Raises:
        UnservableTypeError: For intervals, structs, maps, zoned times, and every word that is not in `SPELLINGS`.
    """
    words = " ".join(text.lower().split())
    as_list = _LIST.fullmatch(words)
    if as_list is not None:
        return WireType("list", item=parse_type(as_list["item"] or as_list["angle"] or as_list["round"]))
    scalar = _SCALAR.fullmatch(words)
    if scalar is None:
        raise _unservable(text)
    word, arguments = scalar["word"], scalar["arguments"]
    if scalar["suffix"]:
        word = f"{word} {scalar['suffix']}"
    if word == "number":  # Snowflake's; without arguments it means number(38, 0)
        word, arguments = "decimal", arguments or "38,0"
    if word == "float" and arguments is not None and arguments.strip().isdigit():
        word = "float32" if int(arguments) <= _FLOAT32_BITS else "float64"
    kind = _KIND_OF.get(word)
    if kind is None:
        raise _unservable(text)
    if kind == "decimal" and arguments is not None:
        declared = _DECIMAL_ARGUMENTS.fullmatch(arguments)
        if declared is None:
            raise _unservable(text)
        return WireType(kind, int(declared["precision"]), int(declared["scale"] or 0))
    return WireType(kind)


def require_key_type(text: str) -> WireType:
    """The wire type of a join key.

    Raises:
        UnservableTypeError: Where equal values may have different texts: floats, blobs, JSON, lists, bare decimals.
    """
    wire_type = parse_type(text)
    if wire_type.kind not in KEY_KINDS or (wire_type.kind == "decimal" and wire_type.scale is None):
        raise UnservableTypeError(
            text,
            "a join key of type boolean, integer, decimal(p, s), text, date, time, timestamp or uuid",
            hint="Cast the key in the model to text, an integer, or decimal(precision, scale).",
        )
    return wire_type


def _unservable(text: str) -> UnservableTypeError:
    return UnservableTypeError(
        text,
        "a type that can be served (see docs/types.md)",
        hint="Cast the column in the model to a type from that table, or list it under feature_view.exclude.",
    )
