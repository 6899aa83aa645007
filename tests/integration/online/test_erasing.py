"""`erase` finds the row of an entity in every view that has one, and touches no other."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from lab import KEYS, NAMESPACE, VIEW
from shop import view

from featurectl.errors import UnknownNameError
from featurectl.online.removal import KeyedView, Removal, erase, keyed_views, keys_of_entity
from featurectl.online.writers import open_writer
from featurectl.online.writers.base import PutRow
from serving.format.catalog import Catalog

METER = (("meter", "varchar"),)
METERS = [KeyedView("bills", 0, "meter", METER), KeyedView("readings", 0, "meter", METER), KeyedView("readings", 2, "meter", METER)]  # fmt: skip


@pytest.fixture
def opener(store_url):
    return partial(open_writer, store_url, NAMESPACE)


def put(writer, at, *texts):
    lock = writer.acquire_lock(at.name, at.version, ttl_ms=600_000)
    writer.put_rows(lock, [PutRow(KEYS.row(at.name, at.version, text), b"x" * 30) for text in texts])
    writer.release_lock(lock)


def test_an_entity_is_erased_from_every_view_of_it(opener):
    """And from each version; a view that has none says so."""
    with closing(opener()) as writer:
        for at in METERS[1:]:
            put(writer, at, "m1", "m2")
        keys = keys_of_entity(METERS, {"meter": "m1"}, KEYS)
        removals = erase(keys, writer, opener, KEYS)
        assert removals == [Removal("bills", 0), Removal("readings", 1), Removal("readings@v2", 1)]
        left = [list(writer.scan_keys(at.name, at.version)) for at in METERS]
        assert left == [[], [KEYS.row("readings", 0, "m2")], [KEYS.row("readings", 2, "m2")]]


def test_a_view_that_is_only_in_the_catalog_is_erased_too(opener):
    """It has left the manifest, but its rows are still there."""
    gone = view("bills", list(METER), [("n", "bigint")], entity="meter")
    found = keyed_views([VIEW], Catalog(1, {("bills", 0): gone}, {}))
    assert [each.reference_name for each in found] == ["bills", "readings"]
    with closing(opener()) as writer:
        put(writer, found[0], "m1")
        erase(keys_of_entity(found, {"meter": "m1"}, KEYS), writer, opener, KEYS)
        assert writer.read_rows([KEYS.row("bills", 0, "m1")]) == [None]


def test_a_view_that_is_only_in_the_manifest_is_erased_too(opener):
    """A first sync that died has left rows and no catalog."""
    found = keyed_views([VIEW, replace(VIEW, version=3)], None)
    assert [each.reference_name for each in found] == ["readings", "readings@v3"]
    with closing(opener()) as writer:
        put(writer, found[1], "m1")
        assert erase(keys_of_entity(found, {"meter": "m1"}, KEYS), writer, opener, KEYS)[1].keys == 1


@pytest.mark.parametrize(
    ("join_keys", "entity", "text"),
    [
        (METER, {"meter": "a|b"}, "a%7Cb"),  # one column: a bar is part of its value
        ((("a", "varchar"), ("b", "varchar")), {"meter": "x|y"}, "x|y"),
        ((("a", "varchar"), ("b", "varchar")), {"b": "y", "a": "x"}, "x|y"),  # in declared order
        ((("a", "varchar"), ("b", "varchar")), {"b": "y|z", "a": "x"}, "x|y%7Cz"),
        ((("a", "bigint"),), {"meter": "007"}, "7"),
        ((("a", "hugeint"),), {"meter": str(2**100)}, str(2**100)),
        ((("a", "boolean"),), {"meter": "FALSE"}, "false"),
        ((("a", "boolean"),), {"a": "true"}, "true"),
    ],
)
def test_a_key_is_read_as_the_view_declares_it(join_keys, entity, text):
    at = KeyedView("readings", 0, "meter", join_keys)
    assert keys_of_entity([at], entity, KEYS) == {at: KEYS.row("readings", 0, text)}


def test_views_of_another_entity_are_left_alone():
    """Although their key has as many columns."""
    plane = KeyedView("planes", 0, "plane", (("tailnum", "varchar"),))
    assert set(keys_of_entity([plane, METERS[0]], {"meter": "m1"}, KEYS)) == {METERS[0]}
    with pytest.raises(UnknownNameError):
        keys_of_entity([plane], {"meter": "m1"}, KEYS)
