"""Keys of the online store: the text of a join key, and where each thing lives."""

from __future__ import annotations

import operator
import re
from datetime import time
from typing import TYPE_CHECKING, Any

from serving.errors import ConfigError, KeyTypeError, ServingError
from serving.format.types import parse_type, require_key_type
from serving.format.values import encoder, from_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from serving.format.types import WireType

_NAMESPACE = re.compile(r"[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.-]+)*")
# Escaped so that "|" separates, braces delimit Redis Cluster's hash tag, and a key prints on one line.
_ESCAPED = re.compile(r"[\x00-\x1f\x7f-\x9f%{}|]")
_EMPTY = "%"
_ONLY_INT = {int}


class KeySpace:
    """The keys of one namespace.

    Args:
        namespace: Parts of ``[A-Za-z0-9_.-]+`` joined by colons, usually ``<dbt project>:<target>``.

    Raises:
        ConfigError: The namespace is empty or has other characters.
    """

    __slots__ = ("catalog", "namespace")

    def __init__(self, namespace: str) -> None:
        if not isinstance(namespace, str) or _NAMESPACE.fullmatch(namespace) is None:
            raise ConfigError(
                f"namespace: expected parts of [A-Za-z0-9_.-]+ joined by ':', got {namespace!r}",
                hint="Use <dbt project>:<target>, e.g. flights:prod.",
            )
        self.namespace = namespace
        self.catalog = f"{namespace}:catalog"

    def row_prefix(self, view: str, version: int) -> str:
        """What all row keys of a view start with; the key text and ``}`` follow."""
        return f"{self.namespace}:{view}@{version}:{{"

    def row(self, view: str, version: int, key_text: str) -> str:
        """The key of one row."""
        return f"{self.row_prefix(view, version)}{key_text}}}"

    def schema(self, view: str, schema_id: int) -> str:
        """The key of one row schema, shared by all versions of the view."""
        return f"{self.namespace}:schema:{view}:{schema_id:08x}"

    def state(self, view: str, version: int) -> str:
        """The key of the view's sync state."""
        return f"{self.namespace}:state:{view}@{version}"

    def lock(self, view: str, version: int) -> str:
        """The key of the view's lock."""
        return f"{self.namespace}:lock:{view}@{version}"


def key_encoder(join_keys: Sequence[tuple[str, str]]) -> Callable[[Sequence[Any]], str | None]:
    """A function from the values of the join keys, in declared order, to the key text.

    Equal keys give equal texts and different keys different ones. It returns None where a value is None: a null is no key.

    Args:
        join_keys: Column name and type text of each join key, in declared order.

    Raises:
        UnservableTypeError: At once, for a type that cannot be a key.
        KeyTypeError: From the returned function, for a value of another type.
    """
    parts = [_part_encoder(name, require_key_type(type_text)) for name, type_text in join_keys]
    if len(parts) == 1:
        only = parts[0]
        return lambda values: None if values[0] is None else only(values[0])

    def encode(values: Sequence[Any]) -> str | None:
        if None in values:
            return None
        return "|".join([part(value) for part, value in zip(parts, values, strict=True)])

    return encode


def row_key_maker(
    prefix: str, join_keys: Sequence[tuple[str, str]], places: Sequence[int]
) -> Callable[[Sequence[list[Any]]], tuple[list[Any], bool]]:
    """A function from columns to the row keys, and whether a null leaves some out.

    It is `key_encoder` for many keys at once. The key of a row with a null is None.

    Args:
        prefix: Of the view (`KeySpace.row_prefix`).
        join_keys: Column name and type text of each join key, in declared order.
        places: Index of each join key's column among those that the function is given.

    Raises:
        UnservableTypeError: At once, for a type that cannot be a key.
        KeyTypeError: From the returned function, for a value of another type.
    """
    parts = [_part_encoder(name, require_key_type(type_text)) for name, type_text in join_keys]
    plain = [_PLAIN.get(parse_type(type_text).kind, _never) for _, type_text in join_keys]
    if len(parts) == 1:
        (encode,), (are_plain,), (place,) = parts, plain, places

        def of_one(columns: Sequence[list[Any]]) -> tuple[list[Any], bool]:
            column = columns[place]
            if are_plain(column):  # most are their own text
                if len(column) == 1:
                    return [f"{prefix}{column[0]}}}"], False
                return [f"{prefix}{text}}}" for text in column], False
            return [None if value is None else f"{prefix}{encode(value)}}}" for value in column], None in column

        return of_one

    def of_many(columns: Sequence[list[Any]]) -> tuple[list[Any], bool]:
        texts = []
        has_null = False
        for encode, are_plain, place in zip(parts, plain, places, strict=True):
            column = columns[place]
            if are_plain(column):
                texts.append(column)
            else:
                texts.append([None if value is None else encode(value) for value in column])
                has_null = has_null or None in column
        rows = zip(*texts, strict=True)
        if has_null:
            return [None if None in row else f"{prefix}{'|'.join(map(str, row))}}}" for row in rows], True
        return [f"{prefix}{'|'.join(map(str, row))}}}" for row in rows], False

    return of_many


def _never(_: list[Any]) -> bool:
    return False


def _are_ints(column: list[Any]) -> bool:
    return type(column[0]) is int and (len(column) == 1 or set(map(type, column)) == _ONLY_INT)


def _are_plain_texts(column: list[Any]) -> bool:
    try:
        joined = "".join(column)
    except TypeError:  # a null, or another type
        return False
    return joined.isascii() and all(column) and (joined.isalnum() or _ESCAPED.search(joined) is None)


def _part_encoder(name: str, wire_type: WireType) -> Callable[[Any], str]:
    encode = _TEXTS.get(wire_type.kind)
    if encode is not None:
        expected = f"{wire_type.name} ({_PYTHON_NAMES[wire_type.kind]})"

        def direct(value: Any) -> str:
            try:
                return encode(value)
            except (TypeError, ValueError) as error:
                raise KeyTypeError(name, expected, value) from error

        return direct

    to_wire = encoder(wire_type)
    finish = _FROM_WIRE.get(wire_type.kind, str)
    accepts = f"{wire_type.name} ({_PYTHON_NAMES[wire_type.kind]})"

    def through_wire(value: Any) -> str:
        try:
            return finish(to_wire(value))
        except (ServingError, ValueError, OverflowError) as error:
            raise KeyTypeError(name, accepts, value) from error

    return through_wire


def _string_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if value.isalnum() and value.isascii():  # most keys, and nothing in them to escape
        return value
    value.encode()  # a lone surrogate has no UTF-8 form
    return _ESCAPED.sub(_escape, value) or _EMPTY


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _integer_text(value: Any) -> str:
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        raise TypeError
    return str(operator.index(value))  # numpy's integers


def _bool_text(value: Any) -> str:
    if not isinstance(value, bool):
        raise TypeError
    return "true" if value else "false"


def _decimal_text(wire: str) -> str:
    if not wire[-1].isdigit():  # NaN, Infinity
        raise ValueError
    return wire[1:] if wire.startswith("-") and not wire.strip("-0.") else wire


def _instant_text(micros: int) -> str:
    return from_micros(micros).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _time_text(wire: str) -> str:
    return time.fromisoformat(wire).isoformat(timespec="microseconds")


_PLAIN: dict[str, Callable[[list[Any]], bool]] = {
    "string": _are_plain_texts,
    "int64": _are_ints,
    "uint64": _are_ints,
    "hugeint": _are_ints,
}
_TEXTS: dict[str, Callable[[Any], str]] = {
    "string": _string_text,
    "int64": _integer_text,
    "uint64": _integer_text,
    "hugeint": _integer_text,
    "bool": _bool_text,
}
_FROM_WIRE: dict[str, Callable[[Any], str]] = {
    "decimal": _decimal_text,
    "timestamp": _instant_text,
    "timestamptz": _instant_text,
    "time": _time_text,
}
_PYTHON_NAMES = {
    "string": "a str",
    "int64": "an int",
    "uint64": "an int",
    "hugeint": "an int",
    "bool": "a bool",
    "decimal": "a Decimal, an int, or its text",
    "date": "a date, or its ISO text",
    "time": "a time, or its ISO text",
    "timestamp": "a datetime, or its ISO text",
    "timestamptz": "a datetime, or its ISO text",
    "uuid": "a UUID, or its text",
}
