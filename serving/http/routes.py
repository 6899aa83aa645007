"""What each path answers."""

from __future__ import annotations

import time
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from serving.aio import AsyncFeatureStore
from serving.cache import Cache
from serving.errors import ServingError
from serving.format.catalog import GENERATION_FIELD
from serving.format.keys import KeySpace
from serving.http.answer import respond
from serving.http.batching import BatchingStore
from serving.http.board import Board
from serving.http.body import parse, read_body
from serving.http.failures import FORBIDDEN, RefusedError
from serving.http.metrics import CONTENT_TYPE, Metrics, prometheus_text
from serving.http.openapi import document
from serving.http.recipe import Recipe
from serving.http.registry import describe
from serving.http.tokens import EVERYONE, Grant
from serving.stores import open_async_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from serving.format.catalog import Catalog
    from serving.http.body import OnlineRequest
    from serving.http.settings import Settings

    Receive = Callable[[], Awaitable[Any]]

JSON, HTML = b"application/json", b"text/html; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_READ_ONLY = frozenset({"GET", "HEAD"})
_MAX_RECIPES = 1000
_PAGE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"  # fmt: skip


class Reply:
    """One answer.

    Args:
        status: Of HTTP.
        body: Whole.
        content_type: Of the body.
        more_headers: Besides type and length.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(
        self, status: int, body: bytes, content_type: bytes = JSON, more_headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        self.status = status
        self.body = body
        self.headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *more_headers]


class Service:
    """The store's side of the application: one a process, made in its event loop.

    Args:
        settings: Of the operator.

    Raises:
        ConfigError: The store's URL, the namespace or a bound cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.has_secrets = settings.tokens is not None
        self._settings = settings
        cache = None if settings.cache is None else Cache(*settings.cache)
        self.metrics = Metrics(cache)
        self._board = None if settings.board is None else Board(settings.board, self.metrics)
        if self._board is not None:
            self._board.keep_writing()
        self._store = BatchingStore(open_async_store(settings.store_url))
        self._features = AsyncFeatureStore(
            self._store,
            namespace=settings.namespace,
            as_of=settings.as_of,
            max_entities=settings.limits.entities,
            cache=cache,
        )
        self._catalog_key = KeySpace(settings.namespace).catalog
        self._latest: Catalog | None = None  # as the client has it, which reads it anew now and then
        self._catalog: Catalog | None = None
        self._catalog_seen_at = 0.0
        self._recipes: dict[tuple[str | tuple[str, ...], bool], Recipe] = {}
        self._allowed: set[tuple[Grant, Recipe]] = set()

    async def close(self) -> None:
        """Give the store's connections back."""
        if self._board is not None:
            self._board.close()
        await self._features.close()

    async def reply(self, path: str, scope: dict[str, Any], receive: Receive, asked: dict[str, Any]) -> Reply:
        """The answer to a request.

        Args:
            path: Of the request.
            scope: Of ASGI.
            receive: Of ASGI.
            asked: Takes what the access log says of the request; ``read`` tells that the body is complete.

        Raises:
            RefusedError: The request is at fault.
            ServingError: It is, or the store.
            DisconnectedError: The caller went away.
        """
        method = scope["method"]
        if path == LOOK_UP:
            _require_method(method, frozenset({"POST"}))
            return await self._look_up(scope, receive, asked)
        asked["read"] = True
        answer = _GETS.get(path)
        if answer is not None:
            _require_method(method, _READ_ONLY)
            return await answer(self, scope, asked)
        if path in WRITES:
            raise RefusedError(
                403,
                f"{path}: expected a look-up, got a write",
                hint="Features are written by dbt; publish them with featurectl sync-online.",
                feast_class=FORBIDDEN,
            )
        raise RefusedError(
            404,
            "path: expected one that this server has, got another",
            hint=f"There is: {', '.join([LOOK_UP, *_GETS])}.",
        )

    async def _look_up(self, scope: dict[str, Any], receive: Receive, asked: dict[str, Any]) -> Reply:
        grant = self._grant(scope, asked)
        limits = self._settings.limits
        body = await read_body(receive, scope["headers"], limits.body_bytes)
        asked["read"] = True
        request = parse(body)
        asked["entities"] = len(next(iter(request.entities.values()), ()))
        while True:
            catalog = await self._current_catalog()
            recipe = self._recipe(catalog, request)
            if recipe.service is None:
                asked["features"] = len(recipe.views)
            else:
                asked["service"] = recipe.service
            if (grant, recipe) not in self._allowed:
                grant.require(recipe)
                self._allowed.add((grant, recipe))
            answer = await self._features.get_online_features(
                recipe.features,
                recipe.entities(request.entities),
                full_feature_names=request.full_feature_names,
                include_stale=request.include_stale,
            )
            if await self._current_catalog() is catalog:  # else something was published meanwhile
                with_versions = request.include_feature_view_version_metadata
                body = respond(answer, recipe, with_versions=with_versions, metrics=self.metrics)
                return Reply(200, body, JSON, recipe.headers)

    def _grant(self, scope: dict[str, Any], asked: dict[str, Any]) -> Grant:
        tokens = self._settings.tokens
        if tokens is None:
            return EVERYONE
        header = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        grant = tokens.grant(header)
        asked["caller"] = grant.caller
        return grant

    async def _current_catalog(self) -> Catalog:
        """The catalog; the same object as long as it says the same."""
        catalog = await self._features.catalog()
        if self._catalog is not None and (catalog is self._latest or catalog == self._catalog):
            self._latest = catalog
            return self._catalog
        self._catalog = self._latest = catalog
        self._catalog_seen_at = time.monotonic()
        self._recipes.clear()
        self._allowed.clear()
        return catalog

    def _recipe(self, catalog: Catalog, request: OnlineRequest) -> Recipe:
        """The recipe of the features asked for; a service wins over references, as in Feast."""
        most = self._settings.limits.features
        if request.feature_service is not None:
            features: str | tuple[str, ...] = request.feature_service
        else:
            if len(request.features or ()) > most:
                raise _too_many_features(most)
            features = tuple(request.features or ())
        key = (features, request.full_feature_names)
        recipe = self._recipes.get(key)
        if recipe is None:
            recipe = Recipe(catalog, features, full_feature_names=request.full_feature_names)
            if len(recipe.views) > most:
                raise _too_many_features(most)
            if len(self._recipes) >= _MAX_RECIPES:  # a caller that never asks the same twice
                self._recipes.clear()
                self._allowed.clear()
            self._recipes[key] = recipe
        return recipe

    async def _registry(self, scope: dict[str, Any], asked: dict[str, Any]) -> Reply:
        grant = self._grant(scope, asked)
        described = describe(await self._current_catalog(), self._settings.namespace, grant)
        return Reply(200, msgspec.json.encode(described))

    async def _health(self, scope: dict[str, Any], asked: dict[str, Any]) -> Reply:
        del scope, asked
        return Reply(200, b"")

    async def _ready(self, scope: dict[str, Any], asked: dict[str, Any]) -> Reply:
        """Whether the store answers now and its catalog can be read."""
        del scope, asked
        await self._store.hget(self._catalog_key, GENERATION_FIELD)
        catalog = await self._current_catalog()
        return Reply(200, msgspec.json.encode({"status": "ready", "generation": catalog.generation}))

    async def _metrics(self, scope: dict[str, Any], asked: dict[str, Any]) -> Reply:
        self._grant(scope, asked)
        try:
            catalog: Catalog | None = await self._current_catalog()
        except ServingError:  # the counters matter most while the store is away
            catalog = self._catalog
        age = None if catalog is None else time.monotonic() - self._catalog_seen_at
        counts = self.metrics.counts() if self._board is None else self._board.total()
        return Reply(200, prometheus_text(counts, catalog, age).encode(), CONTENT_TYPE.encode())

    async def _openapi(self, scope: dict[str, Any], asked: dict[str, Any]) -> Reply:
        del scope, asked
        return Reply(200, document(self._settings.limits, has_tokens=self.has_secrets))

    async def _docs(self, scope: dict[str, Any], asked: dict[str, Any]) -> Reply:
        del scope, asked
        return Reply(200, _page(), HTML, ((b"content-security-policy", _PAGE_POLICY),))


LOOK_UP = "/get-online-features"
WRITES = frozenset({"/push", "/write-to-online-store", "/materialize", "/materialize-incremental"})
_GETS: dict[str, Callable[[Service, dict[str, Any], dict[str, Any]], Awaitable[Reply]]] = {
    "/features": Service._registry,  # noqa: SLF001 - the table of its own methods
    "/health": Service._health,  # noqa: SLF001
    "/ready": Service._ready,  # noqa: SLF001
    "/metrics": Service._metrics,  # noqa: SLF001
    "/openapi.json": Service._openapi,  # noqa: SLF001
    "/docs": Service._docs,  # noqa: SLF001
}
_KNOWN = frozenset({LOOK_UP, *WRITES, *_GETS})


def find_route(path: str) -> str:
    """The path where it is one of this server's, else ``other``: logs and metrics show no other."""
    return path if path in _KNOWN else "other"


def _require_method(method: str, allowed: frozenset[str]) -> None:
    if method not in allowed:
        listed = ", ".join(sorted(allowed))
        raise RefusedError(
            405,
            f"method: expected {listed}, got another",
            hint="Look at /openapi.json.",
            headers=((b"allow", listed.encode()),),
        )


def _too_many_features(most: int) -> RefusedError:
    return RefusedError(
        422,
        f"features: expected at most {most}, got more",
        hint="Ask in several requests, or start the server with a greater --max-features.",
    )


@lru_cache(maxsize=1)
def _page() -> bytes:
    return files("serving.http").joinpath("page.html").read_bytes()
