"""Operating a server: limits, slow callers, drain, workers, sockets, logs and metrics."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import stat
from contextlib import closing

import psutil
import pytest
from calls import PATIENCE_SECONDS, Caller, feast_error, goes_on, listening, port_of, process
from servers import wait_for
from shop import AIRPORT, NAMESPACE, ORDERS

from serving.http import Limits

REQUEST = {"features": ["airport:delay"], "entities": {"airport": ["EWR"]}}
BODY = json.dumps(REQUEST).encode()


def head(length: int | str, more: str = "") -> bytes:
    framing = f"content-length: {length}" if isinstance(length, int) else "transfer-encoding: chunked"
    return f"POST /get-online-features HTTP/1.1\r\nhost: x\r\n{framing}\r\n{more}\r\n".encode()


def read_all(connection: socket.socket) -> bytes:
    """Until the server closes."""
    connection.settimeout(PATIENCE_SECONDS)
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def error_of(response: bytes) -> tuple[int, str, str]:
    return feast_error(int(response.split()[1]), response.partition(b"\r\n\r\n")[2])


def test_a_body_that_says_it_is_too_long_is_not_read(embedded_shop, serve):
    caller = serve(embedded_shop.url, limits=Limits(body_bytes=1000))
    with socket.create_connection(("127.0.0.1", caller.port)) as connection:
        connection.sendall(head(1001))
        status, _, message = error_of(read_all(connection))
    assert status == 413
    assert "at most 1000 bytes" in message


def test_a_body_without_a_length_is_counted_while_it_arrives(embedded_shop, serve):
    """A body that never ends is cut at the bound, and the connection with it."""
    caller = serve(embedded_shop.url, limits=Limits(body_bytes=1000))
    with socket.create_connection(("127.0.0.1", caller.port)) as connection:
        connection.sendall(head("chunked"))
        sent = 0
        try:
            while sent < 10_000_000:
                connection.sendall(b"64\r\n" + b" " * 100 + b"\r\n")
                sent += 100
        except OSError:
            pass
    assert sent < 10_000_000
    assert caller.refused(b" " * 1001)[0] == 413
    assert caller.call("GET", "/health")[0] == 200


@pytest.mark.parametrize("framing", [len(BODY), "chunked"])
def test_a_body_that_stalls_is_given_up_in_time(embedded_shop, serve, framing):
    caller = serve(embedded_shop.url, limits=Limits(seconds=0.3))
    with socket.create_connection(("127.0.0.1", caller.port)) as connection:
        connection.sendall(head(framing) + (b"5\r\n{    \r\n" if framing == "chunked" else BODY[:10]))
        status, _, message = error_of(read_all(connection))
    assert status == 408
    assert "expected to arrive within 0.3 s" in message


def test_a_store_that_does_not_answer_in_time_is_a_503(serve):
    """A server that accepts and says nothing."""
    with listening() as silent:
        caller = serve(f"redis://127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=30", limits=Limits(seconds=2.0))
        status, _, message = caller.refused(REQUEST)
    assert status == 503
    assert "within 2 s" in message


def test_limits_on_entities_and_features_are_the_operators(embedded_shop, serve):
    caller = serve(embedded_shop.url, limits=Limits(entities=2, features=2))
    assert caller.refused({"features": ["airport:delay"], "entities": {"airport": ["a", "b", "c"]}})[0] == 422
    status, _, message = caller.refused({"features": ["orders:*"], "entities": {"customer_id": [1]}})
    assert status == 422
    assert "at most 2" in message
    assert caller.ask({"features": ["orders:orders_7d", "orders:last_city"], "entities": {"customer_id": [1, 2]}})


def test_a_caller_that_goes_away_leaves_nothing_behind(embedded_shop, serve):
    caller = serve(embedded_shop.url)
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", caller.port)) as connection:
            connection.sendall(head(len(BODY)) + BODY[:10])
    counted = 'route="/get-online-features",status="499"} 5'
    wait_for(lambda: counted in caller.call("GET", "/metrics")[1].decode(), "callers that went away are not counted")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_finishes_what_is_under_way(embedded_shop, workers):
    """A request whose body is half sent gets its answer; new connections are refused; the process ends with 0."""
    embedded_shop.put(AIRPORT, ["EWR"], [1.5])
    with process(embedded_shop.url, NAMESPACE, "--workers", workers, "--as-of", "2026-06-01T12:00:00Z") as started:
        with socket.create_connection(("127.0.0.1", port_of(started))) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.sendall(head(len(BODY), "expect: 100-continue\r\n"))
            assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"  # a worker has taken the request
            connection.sendall(BODY[:10])
            started.send_signal(signal.SIGTERM)
            wait_for(lambda: _refuses(port_of(started)), "new connections are taken")
            connection.sendall(BODY[10:])
            response = read_all(connection)
        assert response.startswith(b"HTTP/1.1 200")
        assert json.loads(response.partition(b"\r\n\r\n")[2])["results"][1]["values"] == [1.5]
        assert started.wait(timeout=PATIENCE_SECONDS) == 0
        assert _refuses(port_of(started))


def _refuses(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) != 0


def test_a_worker_that_dies_is_replaced(embedded_shop):
    embedded_shop.put(AIRPORT, ["EWR"], [1.5])
    with process(embedded_shop.url, NAMESPACE, "--workers", "2") as started:
        _require_ready(started)
        children = _children(started.pid)
        os.kill(children[-1], signal.SIGKILL)
        wait_for(lambda: set(_children(started.pid)) - set(children), "no worker took its place")
        for _ in range(10):
            _require_ready(started)


def _require_ready(started) -> None:
    with closing(Caller(port_of(started))) as caller:
        assert caller.get("/ready")["status"] == "ready"


def _children(pid: int) -> list[int]:
    """Worker processes, oldest first; multiprocessing's own tracker is not one."""
    return [each.pid for each in psutil.Process(pid).children() if goes_on(each, "spawn_main")]


def test_a_unix_socket_answers_and_is_removed(embedded_shop, tmp_path):
    """Only the owner and the group may connect; a socket that a crash left behind is replaced."""
    embedded_shop.put(AIRPORT, ["EWR"], [1.5])
    path = tmp_path / "server.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with process(embedded_shop.url, NAMESPACE, "--uds", str(path)) as started:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(b"GET /ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            assert b"200 OK" in read_all(connection)
        started.terminate()
        assert started.wait(timeout=PATIENCE_SECONDS) == 0
    assert not path.exists()


def test_a_port_that_is_taken_is_named(embedded_shop):
    with listening() as taken:
        port = str(taken.getsockname()[1])
        with process(embedded_shop.url, NAMESPACE, "--port", port) as started:
            assert started.wait(timeout=PATIENCE_SECONDS) == 7
            assert "--port or --uds" in started.stderr.read()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("url", "namespace", "message"),
    [("sqlite:x", "no name", "namespace: expected parts"), ("foo://x", NAMESPACE, "online store: expected redis://")],
)
def test_settings_that_cannot_be_used_are_told_before_anything_listens(url, namespace, message, workers):
    """No address is announced, no worker started again and again, no traceback shown."""
    with process(url, namespace, "--workers", workers) as started:
        assert started.wait(timeout=PATIENCE_SECONDS) == 7
        told = f"{started.announced}{started.stderr.read()}"
    assert told.startswith(f"Error: {message}")
    assert "Hint: " in told
    assert "Traceback" not in told


def test_an_ipv6_address_is_announced_as_a_url_has_it(embedded_shop):
    with process(embedded_shop.url, NAMESPACE, "--host", "::1") as started:
        assert started.address == f"http://[::1]:{port_of(started)}"
        connection = http.client.HTTPConnection("::1", port_of(started), timeout=PATIENCE_SECONDS)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()


def test_the_access_log_is_json_without_a_word_of_the_entities(embedded_shop, tmp_path):
    """Time, method, path, status, milliseconds, bytes, what was asked for by name and number, and whose token; no values, no keys."""
    embedded_shop.put(ORDERS, [424242], [5, None, "Secretville"])
    tokens = tmp_path / "tokens.json"
    tokens.write_text('{"hush": ["*"]}')
    with process(embedded_shop.url, NAMESPACE, "--tokens", str(tokens)) as started:
        caller = Caller(port_of(started))
        bearer = {"Authorization": "Bearer hush"}
        caller.ask({"features": ["orders:*"], "entities": {"customer_id": [424242, 1]}}, bearer)
        caller.refused({"features": ["orders:*"], "entities": {"customer_id": ["424242"]}}, bearer)
        caller.call("GET", "/424242?customer_id=424242")
        caller.close()
        started.terminate()
        output, _ = started.communicate(timeout=PATIENCE_SECONDS)
    lines = [json.loads(line) for line in output.splitlines()]
    shown = [
        {name: value for name, value in line.items() if name not in ("time", "milliseconds", "bytes_sent")}
        for line in lines
    ]
    assert [line.pop("caller", None) for line in shown] == [lines[0]["caller"], lines[0]["caller"], None]
    assert re.fullmatch("[0-9a-f]{8}", lines[0]["caller"])
    assert shown == [
        {"method": "POST", "path": "/get-online-features", "status": 200, "features": 3, "entities": 2},
        {"method": "POST", "path": "/get-online-features", "status": 422, "features": 3, "entities": 1},
        {"method": "GET", "path": "other", "status": 404},
    ]
    assert not re.search("424242|Secretville|hush|customer_id", re.sub('"time":"[^"]*"', "", output))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", lines[0]["time"])


def test_metrics_count_requests_statuses_and_times(shop, serve):
    shop.put(ORDERS, [1], [5, None, "Bern"])
    caller = serve(shop.url, cache=(10, 60.0))
    for _ in range(2):
        caller.ask({"features": ["orders:*"], "entities": {"customer_id": [1, 2]}})
    caller.refused(b"{")
    status, text = caller.call("GET", "/metrics")
    assert status == 200
    assert caller.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = dict(line.rsplit(" ", 1) for line in text.decode().splitlines() if not line.startswith("#"))
    expected = {
        'http_requests_total{route="/get-online-features",status="200"}': 2,
        'http_requests_total{route="/get-online-features",status="422"}': 1,
        'http_request_seconds_bucket{route="/get-online-features",le="+Inf"}': 3,
        'http_request_seconds_count{route="/get-online-features"}': 3,
        'feature_values_total{view="orders",status="PRESENT"}': 4,
        'feature_values_total{view="orders",status="NULL_VALUE"}': 2,
        'feature_values_total{view="orders",status="NOT_FOUND"}': 6,
        'served_event_timestamp_seconds{view="orders"}': 1780315200,
        'view_synced_timestamp_seconds{view="orders",version="0"}': 1780272060,
        'cache_lookups_total{result="hit"}': 2,
        'cache_lookups_total{result="miss"}': 2,
        "cache_entries": 2,
    }
    assert {name: float(told[f"featurectl_{name}"]) for name in expected} == expected
    assert float(told["featurectl_catalog_generation"]) >= 1
    assert 0 <= float(told["featurectl_catalog_age_seconds"]) < PATIENCE_SECONDS
    buckets = [float(value) for name, value in told.items() if "_bucket" in name and "get-online" in name]
    assert buckets == sorted(buckets)


def test_every_worker_tells_the_metrics_of_all(embedded_shop):
    """A second later at the latest; a worker that died is still counted."""
    with process(embedded_shop.url, NAMESPACE, "--workers", "2", "--no-access-log") as started:
        for _ in range(40):
            _require_ready(started)
        os.kill(_children(started.pid)[0], signal.SIGTERM)
        count = re.compile(r'route="/ready",status="200"} (\d+)')

        def told():
            answers = set()
            for _ in range(20):
                with closing(Caller(port_of(started))) as caller:
                    try:
                        answers.add(tuple(count.findall(caller.call("GET", "/metrics")[1].decode())))
                    except ConnectionError:  # the worker that ends had taken the connection, and no request yet
                        answers.add(())
            return answers

        # A worker that has just begun knows nothing of the others yet.
        wait_for(lambda: told() == {("40",)}, "not every worker tells the sum")


def test_the_page_needs_nothing_from_elsewhere(embedded_shop, serve):
    caller = serve(embedded_shop.url)
    status, page = caller.call("GET", "/docs")
    assert (status, caller.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in caller.headers["content-security-policy"]
    assert not re.search(rb"(src|href)\s*=\s*[\"']?(https?:)?//", page)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "sqlite:absent/online.db"])
def test_a_store_that_cannot_answer_is_warned_of_at_the_start(url):
    """The server starts all the same: the store may come back."""
    with process(url, "shop:dev") as started:
        warning = started.stderr.readline()
        assert warning.startswith("Warning: look-ups answer 503 until this is mended: ")
        with closing(Caller(port_of(started))) as caller:
            assert caller.call("GET", "/health")[0] == 200
