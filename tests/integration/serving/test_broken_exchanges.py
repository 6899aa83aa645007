"""Exchanges that break in the middle: retried once where the connection dropped, and never answered with what was left of another."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from contextlib import closing

import pytest
from shop import NAMESPACE, NOON, ORDERS, Shop

from serving import AsyncFeatureStore, FeatureStore, StoreError

PATIENCE_SECONDS = 60


class Proxy:
    """A server that passes on what is said, but for the replies to MGET that it is told to cut in half or to hold back.

    Args:
        url: Of the real server.

    Attributes:
        url: Of this one.
        cuts: How many more replies to cut, and the connection with them.
        hold: Set, it keeps the next reply until `release`; then calls `on_hold` from its own thread.
        delivered: Set when the reply that was held has been sent late, or could not be.
    """

    def __init__(self, url):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"
        self.upstream = int(url.rpartition(":")[2].partition("/")[0])
        self.cuts = 0
        self.cut = 0
        self.hold, self.release, self.delivered = threading.Event(), threading.Event(), threading.Event()
        self.on_hold = lambda: None
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Take no more connections."""
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, socket.create_connection(("127.0.0.1", self.upstream)) as server:
            try:
                while asked := client.recv(65536):
                    server.sendall(asked)
                    reply = server.recv(65536)
                    if self.cuts and b"MGET" in asked:
                        self.cuts -= 1
                        self.cut += 1
                        client.sendall(reply[: len(reply) // 2])
                        return
                    if self.hold.is_set() and b"MGET" in asked:
                        self.hold.clear()
                        self.on_hold()
                        self.release.wait(PATIENCE_SECONDS)
                        try:
                            client.sendall(reply)
                        finally:
                            self.delivered.set()
                    else:
                        client.sendall(reply)
            except OSError:
                return


@pytest.fixture
def proxy(redis_url):
    """A proxy of a server with ten customers, whose rows say whose they are."""
    shop = Shop(redis_url)
    for key in range(10):
        shop.put(ORDERS, [key], [key, None, f"city {key}"])
    shop.writer.close()
    with closing(Proxy(redis_url)) as standing_between:
        yield standing_between


def asking(store, key):
    """What a client answers for a customer."""
    return store.get_online_features(["orders:orders_7d"], {"customer_id": [key]})


class Blocking:
    """Look-ups through the synchronous client."""

    def __init__(self, url):
        self.store = FeatureStore.from_url(url, namespace=NAMESPACE, as_of=NOON)

    def ask(self, key):
        """The value of one customer."""
        return asking(self.store, key).to_dict()["orders_7d"][0]

    def close(self):
        """Give up the connections."""
        self.store.close()


class Awaiting:
    """The same through the asyncio client."""

    def __init__(self, url):
        self.loop = asyncio.new_event_loop()
        self.store = AsyncFeatureStore.from_url(url, namespace=NAMESPACE, as_of=NOON)

    def ask(self, key):
        """The value of one customer."""
        return self.loop.run_until_complete(asking(self.store, key)).to_dict()["orders_7d"][0]

    def close(self):
        """Give up the connections, and the loop."""
        self.loop.run_until_complete(self.store.close())
        self.loop.close()


def until_answered(client, key):
    """The value, asked for until there is one: a time limit may strike on a busy machine too."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return client.ask(key)
        except StoreError:
            assert time.monotonic() < deadline, "the store is not answered any more"


@pytest.mark.parametrize("kind", [Blocking, Awaiting])
def test_a_connection_dropped_in_a_reply_is_retried_once(proxy, kind):
    """Half a reply is never an answer: the look-up asks again on a new connection, and fails when that breaks too."""
    with closing(kind(proxy.url)) as client:
        assert client.ask(1) == 1
        proxy.cuts = 1
        assert client.ask(2) == 2
        proxy.cuts = 2
        with pytest.raises(StoreError):
            client.ask(3)
        assert client.ask(4) == 4
    assert proxy.cut == 3


def deliver_late(proxy, client):
    """Let the reply that was held come, and ask for others: each gets its own."""
    proxy.release.set()
    assert proxy.delivered.wait(PATIENCE_SECONDS)
    assert [until_answered(client, key) for key in (2, 3, 4, 5)] == [2, 3, 4, 5]


@pytest.mark.parametrize("kind", [Blocking, Awaiting])
def test_a_reply_that_comes_after_its_time_is_nobodys(proxy, kind):
    """A time limit costs the connection, not the next look-up's truth."""
    with closing(kind(f"{proxy.url}?socket_timeout=0.3")) as client:
        until_answered(client, 0)
        proxy.hold.set()
        with pytest.raises(StoreError, match="socket_timeout"):
            client.ask(1)
        deliver_late(proxy, client)


class Interrupted(BaseException):
    """What breaks in from outside."""


def test_a_reply_after_an_interruption_is_nobodys(proxy):
    """A signal between a command and its reply, as Ctrl-C or a worker's deadline sends it."""

    def interrupt(*_):
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with closing(Blocking(proxy.url)) as client:
            client.ask(0)
            proxy.on_hold = lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
            proxy.hold.set()
            with pytest.raises(Interrupted):
                client.ask(1)
            deliver_late(proxy, client)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_reply_after_a_cancellation_is_nobodys(proxy):
    """A task that is cancelled while its reply is under way."""
    with closing(Awaiting(proxy.url)) as client:
        client.ask(0)

        async def cut_off():
            held = asyncio.Event()
            loop = asyncio.get_running_loop()
            proxy.on_hold = lambda: loop.call_soon_threadsafe(held.set)
            proxy.hold.set()
            task = asyncio.create_task(asking(client.store, 1))
            await held.wait()
            task.cancel()
            for _ in range(100):
                await asyncio.sleep(0)
            assert task.done(), "the cancellation was lost on its way"
            with pytest.raises(asyncio.CancelledError):
                await task

        client.loop.run_until_complete(cut_off())
        deliver_late(proxy, client)
