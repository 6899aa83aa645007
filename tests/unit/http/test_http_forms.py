"""Instants, references, labels and shared reads, without a server."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import StoreError
from serving.http.answer import rfc3339
from serving.http.batching import LONGEST_SHARED_KEYS, BatchingStore
from serving.http.body import parse
from serving.http.failures import RefusedError
from serving.http.metrics import Metrics, prometheus_text
from serving.http.recipe import canonical


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (None, "1970-01-01T00:00:00Z"),
        (0, "1970-01-01T00:00:00Z"),
        (1_000, "1970-01-01T00:00:00.001Z"),
        (1_001, "1970-01-01T00:00:00.001001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (2**63 - 1, "9999-12-31T23:59:59.999999Z"),
        (-(2**63), "0001-01-01T00:00:00Z"),
    ],
)
def test_instants_are_rfc_3339_with_0_3_or_6_digits(micros, text):
    assert rfc3339(micros) == text


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        ("a:b", "a:b"),
        ("a@V2:b", "a@v2:b"),
        ("a@v02:b", "a@v2:b"),
        ("a@latest:b", "a:b"),
        ("a@x:b", "a@x:b"),
        ("a@v2", "a@v2"),
    ],
)
def test_references_are_read_as_feast_writes_them(given_text, text):
    assert canonical(given_text) == text


def test_labels_are_escaped():
    metrics = Metrics()
    metrics.count_status('a"b\\c\n', "PRESENT", 1)
    assert 'view="a\\"b\\\\c\\n",status="PRESENT"} 1' in prometheus_text(metrics.counts(), None, None)


class Echo:
    """A store whose value of a key is the key, which remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def mget(self, keys):
        self.asked.append(len(keys))
        await asyncio.sleep(0)
        if "down" in keys:
            raise StoreError("down", hint="wait")
        return [key.encode() for key in keys]


@given(sizes=st.lists(st.integers(1, LONGEST_SHARED_KEYS + 2), min_size=1, max_size=12))
def test_reads_of_one_turn_are_one_read_and_everyone_gets_their_own(sizes):
    """But for the long ones, which go alone."""

    async def ask_all() -> None:
        echo = Echo()
        store = BatchingStore(echo)
        wanted = [[f"{index}:{key}" for key in range(size)] for index, size in enumerate(sizes)]
        got = await asyncio.gather(*[store.mget(keys) for keys in wanted])
        assert got == [[key.encode() for key in keys] for keys in wanted]
        short = [size for size in sizes if size <= LONGEST_SHARED_KEYS]
        assert sorted(echo.asked) == sorted(
            [*(size for size in sizes if size > LONGEST_SHARED_KEYS), *([sum(short)] if short else [])]
        )

    asyncio.run(ask_all())


def test_a_failed_read_fails_everyone_who_shared_it_and_nobody_after():
    async def ask_all() -> None:
        store = BatchingStore(Echo())
        failed = await asyncio.gather(store.mget(["a"]), store.mget(["down"]), return_exceptions=True)
        assert [type(each) for each in failed] == [StoreError, StoreError]
        assert await store.mget(["a"]) == [b"a"]

    asyncio.run(ask_all())


def test_a_caller_that_gives_up_takes_nothing_from_the_others():
    async def ask_all() -> None:
        store = BatchingStore(Echo())
        given_up, kept = asyncio.ensure_future(store.mget(["a"])), asyncio.ensure_future(store.mget(["b"]))
        await asyncio.sleep(0)
        given_up.cancel()
        assert await kept == [b"b"]

    asyncio.run(ask_all())


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        (
            b'{"feature": ["a:b"], "entities": {"k": [1]}}',
            "body: expected features or feature_service, got 'feature'",
            "Did you mean 'features'?",
        ),
        (
            b'{"service": "m", "x": 1, "entities": {}}',
            "body: expected features or feature_service, got 'service', 'x'",
            "Did you mean 'feature_service'?",
        ),
        (
            b'{"x": 1, "features": [], "entities": {}}',
            "body: expected features or feature_service, got 'x'",
            'Write {"features": ["view:feature"], "entities": {"key": [1, 2]}}.',
        ),
    ],
)
def test_a_request_for_nothing_names_the_keys_that_were_not_read(body, message, hint):
    """As Feast's, unknown keys are passed over; a slip in the one that matters is told."""
    with pytest.raises(RefusedError) as caught:
        parse(body)
    assert (caught.value.status, str(caught.value), caught.value.hint) == (422, message, hint)


def test_an_unknown_key_beside_features_is_passed_over():
    assert parse(b'{"x": 1, "features": ["a:b"], "entities": {}}').features == ["a:b"]
