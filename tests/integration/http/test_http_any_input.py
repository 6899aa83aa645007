"""No input makes the server fail: requests made from its own OpenAPI document, and requests mutilated at will."""

from __future__ import annotations

import json

import pytest
import schemathesis
from calls import Caller, listening, running
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from shop import AIRPORT, NAMESPACE, NOON, ORDERS, ROUTE, Shop

from serving.http import Limits, Settings
from serving.http.openapi import document

SPEC = schemathesis.openapi.from_dict(json.loads(document(Limits(), has_tokens=False)))
QUIET = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.generate],
    "database": None,
}


@pytest.fixture(scope="module")
def caller(tmp_path_factory):
    """A server that lives for the whole module, on an embedded store."""
    shop = Shop(f"sqlite://{tmp_path_factory.mktemp('store')}/online.db")
    for key in range(3):
        shop.put(ORDERS, [key], [key, None, "Bern"])
    shop.put(AIRPORT, ["EWR"], [float("nan")])
    shop.put(ROUTE, ["EWR", ""], [7])
    shop.writer.close()
    listener = listening()
    with running(Settings(shop.url, NAMESPACE, NOON, access_log=False), listener):
        caller = Caller(listener.getsockname()[1])
        yield caller
        caller.close()


@SPEC.parametrize()
@settings(max_examples=60, **QUIET)
def test_no_request_that_the_document_allows_or_forbids_is_a_server_error(case, caller):
    """Status, content type and body are as documented; no 5xx."""
    response = case.call(base_url=f"http://127.0.0.1:{caller.port}")
    case.validate_response(
        response,
        checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance],
    )


NAMES = st.sampled_from(["customer_id", "airport", "origin", "dest", "orders", "x", ""])
REFERENCES = st.sampled_from(
    [
        "orders:orders_7d",
        "orders:*",
        "airport:delay",
        "route:flights",
        "orders@v1:x",
        "orders@latest:last_city",
        ":",
        "a:b",
        "",
    ]
) | st.text(max_size=10)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["EWR", 1, 2**64, -0.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
REQUESTS = st.fixed_dictionaries(
    {"entities": st.dictionaries(NAMES, st.lists(JSON, max_size=4), max_size=4)},
    optional={
        "features": st.lists(REFERENCES, max_size=4) | JSON,
        "feature_service": st.sampled_from(["late_model", "x", "orders:orders_7d", None]) | JSON,
        "full_feature_names": st.booleans() | JSON,
        "include_stale": st.booleans(),
        "include_feature_view_version_metadata": st.booleans(),
    },
)


@given(request=REQUESTS)
@settings(max_examples=400, **QUIET)
def test_no_mixture_of_real_and_odd_names_is_a_server_error(caller, request):
    """Python writes NaN and lone surrogates as they are, which is part of the oddness."""
    _require_an_answer(caller, json.dumps(request).encode())


@given(request=REQUESTS, at=st.integers(0, 200), junk=st.binary(max_size=4))
@settings(max_examples=400, **QUIET)
def test_no_mutilated_body_is_a_server_error(caller, request, at, junk):
    body = json.dumps(request, ensure_ascii=False).encode(errors="surrogatepass")
    _require_an_answer(caller, body[:at] + junk + body[at:])
    _require_an_answer(caller, body[:at])


def _require_an_answer(caller, body):
    status, answer = caller.call("POST", "/get-online-features", body)
    assert status in (200, 404, 422), answer
    told = json.loads(answer, parse_constant=pytest.fail)
    if status == 200:
        widths = {len(column[part]) for column in told["results"] for part in column}
        assert len(widths) == 1
        assert len(told["results"]) == len(told["metadata"]["feature_names"])
    else:
        assert set(json.loads(told)) == {"module", "class", "message"}
