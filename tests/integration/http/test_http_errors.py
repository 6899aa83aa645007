"""A caller's mistake is a 4xx in Feast's error form, with the class that Feast's client raises; the store's trouble a 503."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing

import pytest
from calls import feast_error
from servers import wait_for
from shop import AIRPORT, NAMESPACE, view

ORDER = {"customer_id": [1]}
BASE = "FeastError"


@pytest.mark.parametrize(
    ("body", "status", "feast_class", "message"),
    [
        ({"features": ["order:orders_7d"], "entities": ORDER}, 404, "FeatureViewNotFoundException", "Did you mean 'orders'?"),
        ({"features": ["orders@v3:x"], "entities": ORDER}, 404, "FeatureViewNotFoundException", "'orders@v3'"),
        ({"features": ["orders@v" + "9" * 5000 + ":x"], "entities": ORDER}, 404, "FeatureViewNotFoundException", "'orders@v999"),
        ({"features": ["orders:orders7d"], "entities": ORDER}, 404, "SpecifiedFeaturesNotPresentError", "Did you mean 'orders_7d'?"),
        ({"feature_service": "late_modle", "entities": ORDER}, 404, "FeatureServiceNotFoundException", "Did you mean 'late_model'?"),
        ({"feature_service": "orders:orders_7d", "entities": ORDER}, 404, "FeatureServiceNotFoundException", "orders:orders_7d"),
        ({"features": ["route:flights"], "entities": {"origin": ["EWR"]}}, 422, "RequestDataNotFoundInEntityRowsException", "'dest' of view 'route'"),
        ({"features": ["orders:orders_7d"], "entities": {}}, 422, "RequestDataNotFoundInEntityRowsException", "customer_id"),
        ({"features": ["orders:orders_7d", "orders:*"], "entities": ORDER}, 422, "FeatureNameCollisionError", "'orders_7d'"),
        ({"features": ["orders:orders_7d"], "entities": {"customer_id": ["12"]}}, 422, BASE, "int64 (an int), got '12'"),
        ({"features": ["orders:orders_7d"], "entities": {"customer_id": [1.0]}}, 422, BASE, "int64 (an int), got 1.0"),
        ({"features": ["orders:orders_7d"], "entities": {"customer_id": [{}]}}, 422, BASE, "int64 (an int), got {}"),
        ({"features": ["orders:orders_7d"], "entities": {"customer_id": []}}, 422, BASE, "at least one row, got none"),
        ({"features": ["route:flights"], "entities": {"origin": ["a"], "dest": ["a", "b"]}}, 422, BASE, "columns of one length"),
        ({"features": [], "entities": ORDER}, 422, BASE, "at least one feature reference"),
        ({"entities": ORDER}, 422, BASE, "at least one feature reference"),
        ({"features": ["orders"], "entities": ORDER}, 422, BASE, "a reference like view:feature"),
        ({"features": ["orders:orders_7d"]}, 422, BASE, "missing required field `entities`"),
        ({"features": [3], "entities": ORDER}, 422, BASE, "Expected `str`, got `int` - at `$.features[0]`"),
        ({"features": ["orders:orders_7d"], "entities": [ORDER]}, 422, BASE, "Expected `object`, got `array` - at `$.entities`"),
        ({"features": ["orders:orders_7d"], "entities": {"customer_id": 1}}, 422, BASE, "Expected `array`, got `int`"),
        ({"features": ["orders:orders_7d"], "entities": {"customer_id": [1] * 10_001}}, 422, BASE, "at most 10000 rows, got 10001"),
        ({"features": ["a:b"] * 1001, "entities": ORDER}, 422, BASE, "features: expected at most 1000"),
        (b"", 422, BASE, "body: expected a JSON object"),
        (b"{", 422, BASE, "body: expected a JSON object"),
        (b"no json", 422, BASE, "body: expected a JSON object"),
        (b'{"entities": {"customer_id": ["\xff"]}}', 422, BASE, "not UTF-8"),
        (b'{"entities": {}, "feature_servi\xece": null}', 422, BASE, "not UTF-8 at byte"),
        (b'{"entities": {"customer_id": [' + b"[" * 5000, 422, BASE, "nested too deeply"),
        (b'{"features": ["orders:orders_7d"], "entities": {"customer_id": [NaN]}}', 422, BASE, "JSON is malformed"),
        (b'{"features": ["orders:orders_7d"], "entities": {"customer_id": [1e999]}}', 422, BASE, "out of range"),
        (b'{"features": ["orders:\\ud800"], "entities": {"customer_id": [1]}}', 422, BASE, "surrogate"),
    ],
)  # fmt: skip
def test_a_callers_mistake_is_named(embedded_shop, serve, body, status, feast_class, message):
    got = serve(embedded_shop.url).refused(body)
    assert got[:2] == (status, feast_class)
    assert message in got[2]


def test_a_wide_integer_in_a_key_is_only_not_found(caller):
    """No integer that JSON can hold is an error of the server."""
    answer = caller.ask({"features": ["orders:orders_7d"], "entities": {"customer_id": [2**70, -(2**70)]}})
    assert [column["values"] for column in answer["results"]] == [[2**70, -(2**70)], [0, 0]]
    assert answer["results"][1]["statuses"] == ["NOT_FOUND"] * 2


@pytest.mark.parametrize("path", ["/push", "/write-to-online-store", "/materialize", "/materialize-incremental"])
def test_writes_are_refused_for_dbt_owns_the_data(embedded_shop, serve, path):
    status, feast_class, message = feast_error(*serve(embedded_shop.url).call("POST", path, b"{}"))
    assert (status, feast_class) == (403, "FeastPermissionError")
    assert "featurectl sync-online" in message


@pytest.mark.parametrize("path", ["/search", "/retrieve-online-documents", "/", "/get-online-features/"])
def test_a_path_that_is_not_there_is_404_in_json(embedded_shop, serve, path):
    assert feast_error(*serve(embedded_shop.url).call("POST", path, b"{}"))[:2] == (404, BASE)


def test_a_method_that_a_path_lacks_is_405_and_names_those_it_has(embedded_shop, serve):
    caller = serve(embedded_shop.url)
    assert feast_error(*caller.call("GET", "/get-online-features"))[0] == 405
    assert caller.headers["allow"] == "POST"
    assert feast_error(*caller.call("DELETE", "/features"))[0] == 405
    assert caller.headers["allow"] == "GET, HEAD"
    assert caller.call("HEAD", "/features") == (200, b"")


def test_without_a_catalog_the_server_is_alive_and_not_ready(serve, store_url):
    """A store that nothing was published to is the operator's mistake, and may pass: 503, which Feast's client retries."""
    caller = serve(store_url)
    assert caller.call("GET", "/health") == (200, b"")
    for method, path in [("GET", "/ready"), ("GET", "/features"), ("POST", "/get-online-features")]:
        status, feast_class, message = feast_error(*caller.call(method, path, b'{"entities": {}}'))
        assert (status, feast_class) == (503, BASE)
        assert NAMESPACE in message or "online store" in message
    assert caller.call("GET", "/metrics")[0] == 200


def test_a_store_that_cannot_be_reached_is_a_503_without_its_password(serve):
    caller = serve("redis://:secret@127.0.0.1:1/0")
    status, _, message = feast_error(
        *caller.call("POST", "/get-online-features", b'{"features": ["a:b"], "entities": {}}')
    )
    assert status == 503
    assert caller.headers["retry-after"] == "1"
    assert "secret" not in message
    assert feast_error(*caller.call("GET", "/ready"))[0] == 503


def test_a_newer_catalog_is_a_503_that_says_upgrade(serve, sqlite_url, embedded_shop):
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite://"))) as connection, connection:
        connection.execute("update hashes set value = ? where field = 'format'", (b"2",))
    status, _, message = feast_error(*serve(embedded_shop.url).call("GET", "/ready"))
    assert status == 503
    assert "Upgrade" in message


def test_after_an_error_the_connection_serves_on(shop, caller):
    shop.put(AIRPORT, ["EWR"], [1.5])
    for _ in range(3):
        caller.refused(b"{")
        caller.refused({"features": ["x:y"], "entities": {}})
        caller.call("GET", "/nowhere")
        assert caller.ask({"features": ["airport:delay"], "entities": {"airport": ["EWR"]}})["results"][1][
            "values"
        ] == [1.5]


def test_a_view_without_a_latest_version_is_a_422(shop, caller):
    shop.writer.publish_catalog([view("price", [("sku", "varchar")], [("eur", "double")], version=3, is_latest=False)])
    assert caller.refused({"features": ["price:eur"], "entities": {"sku": ["a"]}})[:2] == (422, BASE)


def test_a_bug_is_told_in_feasts_form_without_a_word_of_what_is_inside(embedded_shop, serve, monkeypatch, capsys):
    """Its traceback is in the server's log, and the server answers the next request."""
    embedded_shop.put(AIRPORT, ["EWR"], [1.5])
    caller = serve(embedded_shop.url)
    request = {"features": ["airport:delay"], "entities": {"airport": ["EWR"]}}
    with monkeypatch.context() as broken:
        broken.setattr("serving.http.routes.respond", lambda *_, **__: {}["secret"])
        status, feast_class, message = caller.refused(request)
    assert (status, feast_class) == (500, BASE)
    assert message.startswith("server: expected an answer, got a bug\nHint: ")
    assert "secret" not in message
    logged = io.StringIO()
    wait_for(
        lambda: "KeyError: 'secret'" in logged.getvalue() or logged.write(capsys.readouterr().err) < 0, "no traceback"
    )
    assert caller.ask(request)["results"][1]["values"] == [1.5]
    assert 'route="/get-online-features",status="500"} 1' in caller.call("GET", "/metrics")[1].decode()
