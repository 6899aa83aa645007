"""From an answer to the bytes of Feast's response."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from serving.format.values import from_micros
from serving.http.json_values import encode
from serving.status import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.answer import OnlineFeatures
    from serving.http.metrics import Metrics
    from serving.http.recipe import Recipe

_END = b',"status":true}'
_EPOCH = "1970-01-01T00:00:00Z"
_MILLI = 1000
# What RFC 3339 and protobuf can say: the years 1 to 9999.
_FIRST_US, _LAST_US = -62_135_596_800_000_000, 253_402_300_799_999_999


class Column(msgspec.Struct):
    """One entry of ``results``; statuses and times come encoded, for most columns share them."""

    values: list[Any]
    statuses: msgspec.Raw
    event_timestamps: msgspec.Raw


def respond(answer: OnlineFeatures, recipe: Recipe, *, with_versions: bool, metrics: Metrics) -> bytes:
    """The body of the response.

    Args:
        answer: Of the look-up.
        recipe: Of its features.
        with_versions: Name the version of each view.
        metrics: Count the statuses there.
    """
    count = len(answer)
    present, epoch = _present(count), _epochs(count)
    slot_statuses: list[list[Status] | None] = []
    slot_times: list[msgspec.Raw] = []
    for found in answer.found:  # what is shared by a view's columns is encoded once
        found.columns()  # only then is it known whether all rows can be read
        slots = len(found.read.slots)
        slot_statuses += [None] * slots if found.is_fresh else found.statuses()
        micros = found.event_micros()
        slot_times += [_times(micros)] * slots
        metrics.newest_event(found.read.view, micros)
    layout = answer.layout
    columns = answer.columns()
    keys = len(layout.keys)
    present_values = dict.fromkeys(recipe.access, 0)
    results = [Column(column, present, epoch) for column in columns[:keys]]
    for view, convert, column, statuses, times in zip(
        recipe.views,
        recipe.columns,
        columns[keys:],
        layout.in_order(slot_statuses),
        layout.in_order(slot_times),
        strict=True,
    ):
        values = column if convert is None else convert(column)
        if statuses is None and None not in values:
            present_values[view] += count
            results.append(Column(values, present, times))
        else:
            said = _said(values, statuses)
            for status in set(said):
                metrics.count_status(view, status, said.count(status))
            results.append(Column(values, msgspec.Raw(encode(said)), times))
    for view, values_there in present_values.items():
        metrics.count_status(view, "PRESENT", values_there)
    start = recipe.start_with_versions if with_versions else recipe.start
    return b"".join((start, encode(results), _END))


def _said(values: list[Any], statuses: Sequence[Status] | None) -> list[str]:
    """The status of each value; what JSON made a null of says so."""
    if statuses is None:
        return ["NULL_VALUE" if value is None else "PRESENT" for value in values]
    return [
        "NULL_VALUE" if value is None and status == Status.PRESENT else status.value
        for value, status in zip(values, statuses, strict=True)
    ]


@lru_cache(maxsize=256)
def _present(count: int) -> msgspec.Raw:
    return msgspec.Raw(encode(["PRESENT"] * count))


@lru_cache(maxsize=256)
def _epochs(count: int) -> msgspec.Raw:
    return msgspec.Raw(encode([_EPOCH] * count))


def _times(micros: list[int | None]) -> msgspec.Raw:
    if len(micros) == 1:
        return _time(micros[0])
    return msgspec.Raw(encode([rfc3339(each) for each in micros]))


@lru_cache(maxsize=4096)
def _time(micros: int | None) -> msgspec.Raw:
    return msgspec.Raw(encode([rfc3339(micros)]))


@lru_cache(maxsize=4096)
def rfc3339(micros: int | None) -> str:
    """An instant in UTC with 0, 3 or 6 digits of its second; 1970 for none; the years before 1 and after 9999 become these."""
    if micros is None:
        return _EPOCH
    micros = min(max(micros, _FIRST_US), _LAST_US)
    instant = from_micros(micros).replace(tzinfo=None)
    if micros % (_MILLI * _MILLI) == 0:
        digits = "seconds"
    else:
        digits = "milliseconds" if micros % _MILLI == 0 else "microseconds"
    return instant.isoformat(timespec=digits) + "Z"
