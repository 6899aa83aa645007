"""One client reads, without a pause, while syncs add, drop, retype and reorder the features of a view: no answer is another column's."""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import pytest
from lab import HOUR, NAMESPACE, START, Lab
from valkey_ports import PATIENCE_SECONDS

import serving.session
from featurectl.online.writers.redis import RedisWriter
from featurectl.online.writers.sqlite import SqliteWriter
from featurectl.registry import Column
from featurectl.warehouse import duckdb as driver
from serving import FeatureStore, Status, UnknownFeatureError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the view declares from sync to sync. No list comes twice: its schema is then always one that the client has not seen.
STAGES = [
    {"a": "bigint", "b": "bigint"},
    {"b": "bigint", "a": "bigint"},  # reordered, so that every value fits in the other's place
    {"b": "bigint", "c": "bigint", "a": "bigint"},  # added in the middle
    {"b": "varchar", "c": "bigint", "a": "bigint"},  # retyped
    {"c": "bigint", "a": "double"},  # dropped in front, and another retyped
    {"a": "double", "b": "double", "c": "bigint"},  # back, as something else
    {"a": "varchar", "b": "bigint", "c": "bigint"},  # as it once was, between two others
]
METERS = [f"m{number}" for number in range(8)]  # of these m7 is in the warehouse at the first stage only
LEFT = METERS[-1]
REQUESTS = [["readings:*"], ["readings:a"], ["readings:b", "readings:a"], ["readings:c"], ["readings:a", "readings:b"]]
STEPS = ["put_schema", "send_rows", "publish_catalog", "put_sentinel", "write_state"]
BATCH_ROWS = 3  # some rows of a stage are there and some are not when `send_rows` comes again


def value_of(feature, data_type, stage, meter):
    """What no other feature, type, stage or meter has."""
    number = "abc".index(feature) * 1000 + stage * 100 + METERS.index(meter)
    return {"bigint": number, "double": number + 0.5, "varchar": f"v{number}"}[data_type]


def whence(feature, value, meter):
    """The stage that wrote the value for the feature and meter."""
    for stage, features in enumerate(STAGES):
        if feature in features:
            written = value_of(feature, features[feature], stage, meter)
            if type(written) is type(value) and written == value:
                return stage
    message = f"{feature} of {meter}: {value!r} was never written for it"
    raise AssertionError(message)


def build(lab, stage):
    """The warehouse of a stage, and the declaration that goes with it."""
    features = STAGES[stage]
    names = ["meter", "read_at", "known_at", "is_gone", *features]
    types = ["varchar", "timestamp", "timestamp", "boolean", *features.values()]
    with duckdb.connect(str(lab.path)) as connection:
        columns = ", ".join(f"{name} {data_type}" for name, data_type in zip(names, types, strict=True))
        connection.execute(f"create or replace table readings ({columns})")
        for meter in METERS if stage == 0 else METERS[:-1]:
            values = [value_of(name, data_type, stage, meter) for name, data_type in features.items()]
            connection.execute(
                f"insert into readings values (?, make_timestamp({START + stage * HOUR}), null, false, {', '.join('?' * len(values))})",
                [meter, *values],
            )
    lab.change(features=tuple(Column(name, data_type) for name, data_type in features.items()))


class Reader(threading.Thread):
    """Looks all meters up, request after request, until told to stop; keeps what went wrong.

    Attributes:
        rounds: How often every request was made.
        seen: (feature, stage) of each value answered.
    """

    def __init__(self, client):
        super().__init__()
        self.client, self.rounds, self.seen, self.error = client, 0, set(), None
        self.is_over = False

    def run(self):
        try:
            while not self.is_over:
                for features in REQUESTS:
                    self.look_up(features)
                self.rounds += 1
        except BaseException as error:  # noqa: BLE001 - raised again where the test can see it
            self.error = error

    def look_up(self, features):
        try:
            answer = self.client.get_online_features(features, {"meter": METERS})
        except UnknownFeatureError:
            lacking = {f"readings:{name}" for name in "abc" if any(name not in stage for stage in STAGES)}
            assert lacking & set(features), "there is no stage without one of them"
            return
        columns = answer.to_dict()
        del columns["meter"]
        for place, meter in enumerate(METERS):
            stages = set()
            for name, column in columns.items():
                if column[place] is None:
                    assert answer.statuses[name][place] is Status.NOT_FOUND
                else:
                    assert answer.statuses[name][place] is Status.PRESENT
                    stage = whence(name, column[place], meter)
                    stages.add(stage)
                    self.seen.add((name, stage))
            assert len(stages) <= 1, f"{meter}: values of the rows of several stages, {stages}"
        self.compare_matrix(answer, columns)

    def compare_matrix(self, answer, columns):
        """The same, as numbers, which are decoded in another way."""
        values = [value for column in columns.values() for value in column]
        if not any(isinstance(value, str) for value in values) and any(value is not None for value in values):
            try:
                matrix = answer.to_numpy()
            except serving.ConversionError:  # declared a text, and not yet written as one
                return
            numbers = [None if math.isnan(number) else number for number in matrix.T.flatten().tolist()]
            assert numbers == values

    def wait_for_a_round(self):
        """Until a whole round has begun and ended."""
        enough, deadline = self.rounds + 2, time.monotonic() + PATIENCE_SECONDS
        while self.rounds < enough and self.error is None:
            assert time.monotonic() < deadline, "no look-up came to an end"
            time.sleep(0.001)
        if self.error is not None:
            raise self.error


@contextmanager
def reading(client) -> Iterator[Reader]:
    """A reader that runs within the block."""
    reader = Reader(client)
    reader.start()
    try:
        yield reader
    finally:
        reader.is_over = True
        reader.join()
    if reader.error is not None:
        raise reader.error


@pytest.mark.parametrize("max_age_seconds", [3600, -1], ids=["catalog_as_first_read", "catalog_always_read"])
@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_no_look_up_answers_another_columns_value_or_type(request, tmp_path, monkeypatch, store, max_age_seconds):
    """Before and after each step of each sync, and between its batches: what was written for that feature, or NOT_FOUND."""
    lab = Lab(tmp_path, request.getfixturevalue(f"{store}_url"))
    monkeypatch.setattr(driver, "BATCH_ROWS", BATCH_ROWS)
    monkeypatch.setattr(serving.session, "CATALOG_MAX_AGE_SECONDS", max_age_seconds)
    build(lab, 0)
    assert lab.sync(100 * HOUR).problems == []
    pauses = []
    with FeatureStore.from_url(lab.url, namespace=NAMESPACE) as client, reading(client) as reader:
        for step in STEPS:
            pause_before(monkeypatch, {"sqlite": SqliteWriter, "redis": RedisWriter}[store], step, reader, pauses)
        for stage in range(1, len(STAGES)):
            build(lab, stage)
            del pauses[:]
            assert lab.sync(100 * HOUR).problems == []
            assert set(pauses) == set(STEPS)
            assert pauses.count("send_rows") > 1
            reader.wait_for_a_round()

        monkeypatch.setattr(serving.session, "CATALOG_MAX_AGE_SECONDS", -1)
        reader.wait_for_a_round()
        answer = client.get_online_features(["readings:*"], {"meter": METERS}).to_dict()
    last = len(STAGES) - 1
    assert list(answer) == ["meter", *STAGES[last]]
    for name, data_type in STAGES[last].items():
        assert answer[name][:-1] == [value_of(name, data_type, last, meter) for meter in METERS[:-1]]
    # The row that is not in the warehouse any more: what it holds of the type that is now declared.
    assert {name: answer[name][-1] for name in "abc"} == {"a": None, "b": value_of("b", "bigint", 0, LEFT), "c": None}
    assert reader.seen >= {("a", 0), ("b", 0), *((name, last) for name in STAGES[last])}


def pause_before(monkeypatch, writer, step, reader, pauses):
    """A step that waits until the reader has seen what the steps before it left."""
    whole = getattr(writer, step)

    def after_a_round(*given, **more):
        pauses.append(step)
        reader.wait_for_a_round()
        return whole(*given, **more)

    monkeypatch.setattr(writer, step, after_a_round)
