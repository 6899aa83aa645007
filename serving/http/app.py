"""The ASGI application: a request's way from its head to the answer, its metrics and its line in the access log."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from serving.errors import ServingError
from serving.http.access_log import AccessLog, Line, now
from serving.http.body import CLOSE, DisconnectedError
from serving.http.failures import RefusedError, refusal
from serving.http.routes import JSON, METHODS, Reply, Service, find_route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from serving.http.settings import Settings

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

_GONE = 499  # what logs say of a caller that did not wait
_BUG = 500


class App:
    """The HTTP server's application, for any ASGI server; each process has connections of its own.

    Args:
        settings: Of the operator.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._service: Service | None = None
        self._log: AccessLog | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or live through the server's life."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._service is not None:
            await self._service.close()
        if self._log is not None:
            self._log.flush()
        await send({"type": "lifespan.shutdown.complete"})

    def _open(self) -> Service:
        self._service = Service(self._settings)
        self._log = AccessLog() if self._settings.access_log else None
        return self._service

    async def _answer(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        service = self._service or self._open()  # a server without lifespans
        method, path = scope["method"], scope["path"]
        route = find_route(path)
        asked: dict[str, Any] = {}
        status, sent = _BUG, 0
        try:
            try:
                reply = await self._reply(service, path, scope, receive, asked)
            except DisconnectedError:
                status = _GONE
                return
            except Exception:
                await _send(send, method, _sorry())
                raise  # a bug keeps its traceback, in the server's log
            status, sent = reply.status, len(reply.body)
            await _send(send, method, reply)
        finally:
            seconds = time.perf_counter() - started
            service.metrics.observe(route, status, seconds)
            if self._log is not None:
                known = method if method in METHODS else "other"
                self._log.add(Line(now(), known, route, status, round(seconds * 1000, 3), sent, **asked))

    async def _reply(
        self, service: Service, path: str, scope: dict[str, Any], receive: Receive, asked: dict[str, Any]
    ) -> Reply:
        asked["read"] = False
        try:
            async with asyncio.timeout(self._settings.limits.seconds):
                return await service.reply(path, scope, receive, asked)
        except RefusedError as error:
            refused = error
        except ServingError as error:
            refused = refusal(error, names_are_secret=service.has_secrets)
        except TimeoutError:
            refused = self._too_slow(has_body=asked["read"])
        finally:
            del asked["read"]
        return _refuse(refused)

    def _too_slow(self, *, has_body: bool) -> RefusedError:
        seconds = self._settings.limits.seconds
        if has_body:
            return RefusedError(
                503,
                f"request: expected an answer within {seconds:g} s, got none from the online store",
                hint="Try again, ask for fewer entities, or start the server with a greater --max-seconds.",
                headers=((b"retry-after", b"1"),),
            )
        return RefusedError(
            408,
            f"body: expected to arrive within {seconds:g} s, got only a part of it",
            hint="Send the whole body at once.",
            headers=CLOSE,
        )


def _refuse(refused: RefusedError) -> Reply:
    return Reply(refused.status, refused.body, JSON, refused.headers)


def _sorry() -> Reply:
    """What a caller is told of a bug: that it is one, and nothing of what is inside."""
    hint = "Look at the server's log."
    return _refuse(RefusedError(_BUG, "server: expected an answer, got a bug", hint=hint, headers=CLOSE))


async def _send(send: Send, method: str, reply: Reply) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})
