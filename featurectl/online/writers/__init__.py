"""Writing online stores: one protocol, one module a backend; the bytes are serving's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from featurectl.errors import OnlineStoreError
from featurectl.online.writers.base import readable
from serving.format.keys import KeySpace
from serving.stores import CLUSTER_SCHEMES, SENTINEL_SCHEMES, is_redis_url, sqlite_path

if TYPE_CHECKING:
    from featurectl.online.writers.base import OnlineWriter


def open_writer(url: str, namespace: str) -> OnlineWriter:
    """A writer to one namespace of the store at a URL; an embedded store's file is created, and its folder where it is `.featurectl`.

    Args:
        url: As `serving.stores.open_store` takes it.
        namespace: Usually ``<dbt project>:<target>``.

    Raises:
        OnlineStoreError: The URL or namespace cannot be used, or the file cannot be opened.
    """
    with readable():
        keyspace = KeySpace(namespace)
        # Imported where needed: the embedded store does not pay for redis, nor the other way round.
        scheme = url.partition("://")[0]
        if scheme in CLUSTER_SCHEMES:
            from featurectl.online.writers.cluster import ClusterWriter  # noqa: PLC0415

            return ClusterWriter(url, keyspace)
        if is_redis_url(url) or scheme in SENTINEL_SCHEMES:
            from featurectl.online.writers.redis import RedisWriter  # noqa: PLC0415

            return RedisWriter(url, keyspace)
        from featurectl.online.writers.sqlite import SqliteWriter  # noqa: PLC0415

        return SqliteWriter(sqlite_path(url), keyspace)


def open_existing(url: str, namespace: str) -> OnlineWriter:
    """The same for what only removes: an embedded store that is not there is an error, as it is to look-ups, and not made.

    Raises:
        OnlineStoreError: Likewise.
    """
    with readable():
        if url.startswith("sqlite:") and not Path(sqlite_path(url)).exists():
            raise OnlineStoreError(
                f"{sqlite_path(url)}: expected the file of the embedded online store, got no such file",
                hint="Check --online-store, FEATURECTL_ONLINE_STORE and the working directory.",
            )
    return open_writer(url, namespace)
