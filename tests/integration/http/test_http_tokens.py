"""Tokens: each reads what it is granted; private views only where they are named."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from calls import feast_error
from shop import AIRPORT, ORDERS, ROUTE, view

import serving.session
from serving.http import read_tokens

SECRET = view("salary", [("employee", "varchar")], [("eur", "double")], access="private")
GRANTS = {
    "all": ["*"],
    "orders only": ["orders"],
    f"sha256:{sha256(b'service').hexdigest()}": ["late_model"],
    "named": ["salary"],
}


@pytest.fixture
def guarded(embedded_shop, serve):
    """A caller of a server with tokens, and something of everything in its store."""
    embedded_shop.writer.publish_catalog([SECRET])
    embedded_shop.put(ORDERS, [1], [5, None, None])
    embedded_shop.put(AIRPORT, ["EWR"], [1.5])
    embedded_shop.put(ROUTE, ["EWR", "EWR"], [7])
    embedded_shop.put(SECRET, ["me"], [1.0])
    return serve(embedded_shop.url, tokens=read_tokens(json.dumps(GRANTS), where="tokens.json"))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


REQUESTS = {
    "orders": {"features": ["orders:orders_7d"], "entities": {"customer_id": [1]}},
    "airport": {"features": ["airport:delay"], "entities": {"airport": ["EWR"]}},
    "both": {"features": ["orders:orders_7d", "airport:delay"], "entities": {"customer_id": [1], "airport": ["EWR"]}},
    "service": {"feature_service": "late_model", "entities": {"origin": ["EWR"], "dest": ["EWR"]}},
    "private": {"features": ["salary:eur"], "entities": {"employee": ["me"]}},
}
MAY = {
    "all": {"orders", "airport", "both", "service"},
    "orders only": {"orders"},
    "service": {"service"},
    "named": {"private"},
}


@pytest.mark.parametrize("token", list(MAY))
def test_a_token_reads_what_it_is_granted_and_nothing_else(guarded, token):
    """Twice each, for what was allowed or compiled once is remembered."""
    for _ in range(2):
        for name, request in REQUESTS.items():
            if name in MAY[token]:
                assert guarded.ask(request, bearer(token))["status"]
            else:
                assert guarded.refused(request, bearer(token))[:2] == (403, "FeastPermissionError")


@pytest.mark.parametrize(
    "headers", [{}, bearer("wrong"), bearer(""), {"Authorization": "Basic all"}, bearer(sha256(b"service").hexdigest())]
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/get-online-features"), ("GET", "/features"), ("GET", "/metrics")]
)
def test_without_a_known_token_nothing_is_told(guarded, headers, method, path):
    """The digest in the file is no token."""
    status, feast_class, _ = feast_error(*guarded.call(method, path, b"{}", headers))
    assert (status, feast_class) == (401, "FeastPermissionError")
    assert guarded.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/health", "/ready", "/docs", "/openapi.json"])
def test_probes_and_documents_need_no_token(guarded, path):
    assert guarded.call("GET", path)[0] == 200


def test_the_registry_shows_what_the_token_may_read(guarded):
    def seen(token):
        registry = guarded.get("/features", **bearer(token))
        return [each["name"] for part in ("services", "views") for each in registry[part]]

    assert seen("all") == ["late_model", "airport", "orders", "route"]
    assert seen("orders only") == ["orders"]
    assert seen("service") == ["late_model"]
    assert seen("named") == ["salary"]


def test_errors_do_not_offer_names_to_those_who_may_not_read_them(guarded):
    _, _, message = guarded.refused({"features": ["salry:eur"], "entities": {}}, bearer("orders only"))
    assert "salary" not in message


def test_without_tokens_everything_but_the_private_is_open(embedded_shop, serve):
    embedded_shop.writer.publish_catalog([SECRET])
    open_to_all = serve(embedded_shop.url)
    assert open_to_all.refused(REQUESTS["private"])[:2] == (403, "FeastPermissionError")
    assert open_to_all.ask(REQUESTS["orders"])["status"]


def test_a_service_token_does_not_reach_private_views_through_the_service(embedded_shop, serve):
    """Nor is the service shown to whom it is refused; whoever may read all its views may read it unnamed."""
    embedded_shop.writer.publish_catalog([view("route", ROUTE.join_keys, ROUTE.features, access="private")])
    refused, answered = (
        [["late_model"], ["*"], ["route"]],
        [["late_model", "route"], ["*", "route"], ["airport", "route"]],
    )
    for granted, status in [*[(each, 403) for each in refused], *[(each, 200) for each in answered]]:
        caller = serve(embedded_shop.url, tokens=read_tokens(json.dumps({"t": granted}), where="t"))
        got = caller.call("POST", "/get-online-features", json.dumps(REQUESTS["service"]).encode(), bearer("t"))
        assert got[0] == status, granted
        assert len(caller.get("/features", **bearer("t"))["services"]) == (status == 200), granted


def test_a_view_that_turns_private_is_refused_at_the_next_catalog(embedded_shop, serve, monkeypatch):
    """What was allowed is remembered no longer than the catalog that allowed it."""
    caller = serve(embedded_shop.url)
    assert caller.ask(REQUESTS["airport"])["status"]
    embedded_shop.writer.publish_catalog([view("airport", AIRPORT.join_keys, AIRPORT.features, access="private")])
    monkeypatch.setattr(serving.session, "CATALOG_MAX_AGE_SECONDS", 0)
    assert caller.refused(REQUESTS["airport"])[0] == 403
