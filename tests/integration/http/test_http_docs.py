"""docs/http.md says what the server does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from shop import ORDERS

from serving.errors import UnknownFeatureError
from serving.http import Limits, read_tokens
from serving.http.failures import refusal

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "http.md").read_text()


def block(name: str) -> str:
    found = re.search(rf"```json {name}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_request_of_the_page_has_the_answer_of_the_page(shop, caller):
    shop.put(ORDERS, [1], [5, None, None])
    assert caller.ask(json.loads(block("request"))) == json.loads(block("response"))


def test_the_error_of_the_page_is_one_of_the_servers():
    error = UnknownFeatureError("feature service", "late_modle", ["late_model"])
    assert refusal(error).body.decode() == block("error").strip()


def test_the_tokens_of_the_page_can_be_read():
    assert len(read_tokens(block("tokens"), where="docs/http.md").grants) == 3


def test_the_bounds_of_the_page_are_the_usual_ones():
    assert Limits() == Limits(body_bytes=4 * 2**20, entities=10_000, features=1_000, seconds=10)
    for text in ("4 MiB", "10,000; 1,000", "| 10 |"):
        assert text in PAGE
