"""Feast's own client reads from the server, its registry empty.

FEATURECTL_FEAST_PYTHON names a Python of an environment with Feast (0.64 or later), which cannot share this one's; without it the
module is not collected (conftest.py), and the contract tests hold the server to the same JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from shop import AIRPORT, HOUR_US, NOON_US, ORDERS, ROUTE

READS = Path(__file__).with_name("feast_reads.py")


@pytest.fixture
def feast(shop, serve):
    """A function from requests to what Feast's client makes of the answers."""
    shop.put(ORDERS, [1], [5, None, "Zürich"])
    shop.put(ORDERS, [2], [6, None, "Bern"], event_us=NOON_US - HOUR_US - 1)
    for airport, delay in [("EWR", 1.5), ("IAH", 2.5)]:
        shop.put(AIRPORT, [airport], [delay])
    shop.put(ROUTE, ["EWR", "IAH"], [7])
    url = f"http://127.0.0.1:{serve(shop.url).port}"

    def read(*requests):
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        command = [os.environ["FEATURECTL_FEAST_PYTHON"], str(READS), url]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return read


def test_feasts_client_reads_values_statuses_services_and_errors(feast):
    """Composite keys, one view used twice, defaults, and the classes of Feast's errors."""
    customers = [{"customer_id": key} for key in (1, 2, 9)]
    orders = ["orders:orders_7d", "orders:last_city"]
    by_reference, by_service, *errors = feast(
        {"features": orders, "entity_rows": customers, "full_feature_names": True},
        {"service": "late_model", "entity_rows": [{"origin": "EWR", "dest": "IAH"}, {"origin": "IAH", "dest": "EWR"}]},
        {"features": ["order:orders_7d"], "entity_rows": customers},
        {"features": ["orders:orders"], "entity_rows": customers},
        {"features": ["orders:orders_7d", "orders:orders_7d"], "entity_rows": customers},
        {"features": ["route:flights"], "entity_rows": [{"origin": "EWR"}]},
        {"service": "late", "entity_rows": customers},
    )
    assert by_reference["columns"] == {
        "customer_id": [1, 2, 9],
        "orders__orders_7d": [5, 0, 0],
        "orders__last_city": ["Zürich", None, None],
    }
    assert by_reference["statuses"]["orders__orders_7d"] == ["PRESENT", "OUTSIDE_MAX_AGE", "NOT_FOUND"]
    assert by_service["columns"] == {
        "origin": ["EWR", "IAH"],
        "dest": ["IAH", "EWR"],
        "origin_delay": [1.5, 2.5],
        "dest_delay": [2.5, 1.5],
        "flights": [7, None],
    }
    assert [error["error"] for error in errors] == [
        "FeatureViewNotFoundException",
        "SpecifiedFeaturesNotPresentError",
        "FeatureNameCollisionError",
        "RequestDataNotFoundInEntityRowsException",
        "FeatureServiceNotFoundException",
    ]
