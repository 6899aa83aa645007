"""What the synchronous and the asyncio client have in common for those who make them: from a store, a URL, or the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from serving.errors import ConfigError
from serving.session import DEFAULT_MAX_ENTITIES, Session

if TYPE_CHECKING:
    from datetime import datetime

    from serving.cache import Cache
    from serving.session import OnCorrupt

STORE_VARIABLE = "FEATURECTL_ONLINE_STORE"
NAMESPACE_VARIABLE = "FEATURECTL_NAMESPACE"

Store = TypeVar("Store")


class Door(Generic[Store]):
    """A client of one namespace of a store.

    Args:
        store: Where to read.
        namespace: Usually ``<dbt project>:<target>``.
        as_of: The instant that TTLs are measured from (naive means UTC); by default now.
        on_corrupt: A stored row that cannot be read answers ``INVALID`` and None for its entity, or with ``"raise"`` fails the look-up.
        max_entities: Most entity rows a look-up.
        cache: Keeps rows in the process for a moment; by default every look-up reads the store.

    Raises:
        ConfigError: One of them cannot be used.
    """

    def __init__(
        self,
        store: Store,
        *,
        namespace: str,
        as_of: datetime | None = None,
        on_corrupt: OnCorrupt = "invalid",
        max_entities: int = DEFAULT_MAX_ENTITIES,
        cache: Cache | None = None,
    ) -> None:
        self._store = store
        self._session = Session(namespace, as_of=as_of, on_corrupt=on_corrupt, max_entities=max_entities, cache=cache)

    @staticmethod
    def _open_store(url: str) -> Store:
        raise NotImplementedError(url)

    @classmethod
    def from_url(cls, url: str, *, namespace: str, **options: Any) -> Self:
        """A client of the store at a URL; nothing is reached before the first look-up.

        Args:
            url: ``redis://``, ``rediss://``, ``unix://``, ``redis+sentinel://host:port,.../service``,
                ``redis+cluster://host:port,...``, ``sqlite:///absolute/path`` or ``sqlite:relative/path``.
            namespace: Usually ``<dbt project>:<target>``.
            options: As the class takes them: ``as_of``, ``on_corrupt``, ``max_entities``, ``cache``.

        Raises:
            ConfigError: The URL or the namespace cannot be used.
        """
        return cls(cls._open_store(url), namespace=namespace, **options)

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """A client of the store that FEATURECTL_ONLINE_STORE and FEATURECTL_NAMESPACE name.

        Args:
            options: As the class takes them.

        Raises:
            ConfigError: One of the variables is not set, or cannot be used.
        """
        return cls.from_url(_environment(STORE_VARIABLE), namespace=_environment(NAMESPACE_VARIABLE), **options)


def _environment(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise ConfigError(
            f"environment: expected {variable} to be set, got nothing", hint=f"Set {variable}, or use from_url."
        )
    return value
