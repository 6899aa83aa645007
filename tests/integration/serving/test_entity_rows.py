"""The entities of a look-up: rows or columns, keys of the declared type, no more than the bound."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shop import NAMESPACE

from serving import FeatureStore, KeyTypeError, MissingJoinKeyError, RequestError, TooManyEntitiesError


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([{"dest": "A", "x": 1}], "entity_rows[0]"),
        ([{"origin": "A", "dest": "A"}, {"dest": "A"}], "entity_rows[1]"),
        ({"dest": []}, "entity_rows"),
    ],
)
def test_a_missing_join_key_column_is_named(client, rows, where):
    with pytest.raises(MissingJoinKeyError) as caught:
        client.get_online_features("late_model", rows)
    assert caught.value.message.startswith(
        f"{where}: expected the join key column 'origin' of view 'airport', got the columns: dest"
    )


def test_a_key_of_another_type_is_refused(client):
    with pytest.raises(KeyTypeError, match=r"join key 'customer_id': expected int64 \(an int\), got '12'"):
        client.get_online_features(["orders:orders_7d"], [{"customer_id": "12"}])


def test_a_data_frame_and_its_nulls_are_told_the_way(client):
    """A data frame is no list of dicts, and pandas writes NaN or NaT for what is None; the hints say what to write, and it works."""
    frame = pd.DataFrame({"airport": ["EWR", None]})
    with pytest.raises(RequestError, match=r"got DataFrame\nHint: .*to_dict\('records'\)"):
        client.get_online_features(["airport:delay"], frame)
    for null in (float("nan"), np.float64("nan"), pd.NaT, pd.NA):
        with pytest.raises(
            KeyTypeError, match=r"\nHint: A null key is None.*astype\(object\)\.where\(frame\.notna\(\), None\)"
        ):
            client.get_online_features(["airport:delay"], [{"airport": "EWR"}, {"airport": null}])
    told = frame.astype(object).where(frame.notna(), None).to_dict("records")
    assert client.get_online_features(["airport:delay"], told).to_dict()["airport"] == ["EWR", None]


@pytest.mark.parametrize("rows", [None, "customer_id", 3, [3], {"customer_id": 1}, {"customer_id": "12"}, {1, 2}])
def test_entity_rows_of_another_shape_are_refused(client, rows):
    with pytest.raises(RequestError, match="entity_rows"):
        client.get_online_features(["orders:orders_7d"], rows)


def test_columns_of_different_lengths_are_refused(client):
    with pytest.raises(RequestError, match=r"columns of one length, got \{'origin': 1, 'dest': 2\}"):
        client.get_online_features(["route:flights"], {"origin": ["A"], "dest": ["A", "B"]})


@pytest.mark.parametrize("rows", [[], {"customer_id": []}])
def test_no_entity_rows_are_refused(client, rows):
    with pytest.raises(RequestError, match=r"expected at least one row, got none\nHint: "):
        client.get_online_features(["orders:orders_7d"], rows)


@pytest.mark.parametrize("rows", [[{"customer_id": 1}] * 10_001, {"customer_id": range(10_001)}])
def test_the_number_of_entities_is_bounded(client, rows):
    """By default at 10,000; every one of them would be a key of one command."""
    with pytest.raises(TooManyEntitiesError, match=r"at most 10000 rows, got 10001\nHint: .*max_entities"):
        client.get_online_features(["orders:orders_7d"], rows)


def test_the_bound_of_entities_is_the_callers(shop):
    with FeatureStore.from_url(shop.url, namespace=NAMESPACE, max_entities=2) as store:
        assert len(store.get_online_features(["orders:orders_7d"], {"customer_id": [1, 2]})) == 2
        with pytest.raises(TooManyEntitiesError):
            store.get_online_features(["orders:orders_7d"], {"customer_id": [1, 2, 3]})
