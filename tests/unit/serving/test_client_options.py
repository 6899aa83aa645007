"""What a client is made with: refused at once where it cannot be used."""

from __future__ import annotations

from datetime import date

import pytest

from serving import AsyncFeatureStore, Cache, ConfigError, FeatureStore


@pytest.mark.parametrize("client", [FeatureStore, AsyncFeatureStore])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"as_of": "2026-06-01"}, r"as_of: expected a datetime, got '2026-06-01'\nHint: .*fromisoformat"),
        ({"as_of": date(2026, 6, 1)}, r"as_of: expected a datetime, got datetime.date\(2026, 6, 1\)"),
        ({"cache": 1000}, r"cache: expected a serving.Cache, got 1000\nHint: .*Cache\(max_entries="),
        ({"max_entities": 0}, r"max_entities: expected a positive number, got 0\nHint: "),
        ({"max_entities": "many"}, r"max_entities: expected a positive number, got 'many'"),
        ({"on_corrupt": "ignore"}, r"on_corrupt: expected 'invalid' or 'raise', got 'ignore'\nHint: "),
        ({"namespace": "a b"}, r"namespace: expected parts of .* got 'a b'\nHint: "),
    ],
)
def test_an_option_that_cannot_be_used_is_named(client, options, message):
    with pytest.raises(ConfigError, match=message):
        client.from_url("sqlite:x", **{"namespace": "shop:test", **options})


@pytest.mark.parametrize("url", [None, 5])
def test_a_url_that_is_no_text_is_refused(url):
    with pytest.raises(ConfigError, match=rf"online store: expected redis://.* got {url}"):
        FeatureStore.from_url(url, namespace="shop:test")


@pytest.mark.parametrize(
    "bounds", [(0, 1.0), (-1, 1.0), (10, 0), (10, -1.0), (10, float("nan")), ("ten", 1.0), (10, None)]
)
def test_a_cache_without_bounds_is_refused(bounds):
    with pytest.raises(ConfigError, match="cache: expected positive bounds"):
        Cache(*bounds)
