"""Holds a view's lock for as long as a block runs, however long a single query or batch takes."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from featurectl.errors import OnlineStoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from featurectl.online.writers.base import Lock, OnlineWriter

LOCK_MS = 60_000
RENEW_SECONDS = 15.0


@contextmanager
def held_lock(writer: OnlineWriter, open_writer: Callable[[], OnlineWriter], view: str, version: int) -> Iterator[Lock]:
    """Take the view's lock, renew it by the clock from a thread with its own connection, give it back.

    A lock that was lost meanwhile is noticed by the next batch, never by the thread.

    Raises:
        LockHeldError: Another sync of the view is running.
    """
    lock = writer.acquire_lock(view, version, ttl_ms=LOCK_MS)
    done = threading.Event()
    keeper = threading.Thread(target=_renew, args=(lock, open_writer, done), name=f"lock {view}@{version}", daemon=True)
    keeper.start()
    try:
        yield lock
    finally:
        done.set()
        keeper.join()
        writer.release_lock(lock)


def _renew(lock: Lock, open_writer: Callable[[], OnlineWriter], done: threading.Event) -> None:
    """Four tries before the lock runs out; a store that cannot be reached now may be by the next."""
    while not done.wait(RENEW_SECONDS):
        try:
            with closing(open_writer()) as writer:
                writer.renew_lock(lock, ttl_ms=LOCK_MS)
        except OnlineStoreError:
            continue
