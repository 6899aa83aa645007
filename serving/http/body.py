"""A request's body: read within its bound, then checked against the shape of Feast's request."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import msgspec

from serving.http.failures import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CLOSE = ((b"connection", b"close"),)


class DisconnectedError(Exception):
    """The caller went away before the request was complete."""


class OnlineRequest(msgspec.Struct):
    """Feast's GetOnlineFeaturesRequest; fields it does not have are ignored, as there.

    Attributes:
        entities: Join key column to its values; all of one length.
        features: References; ignored where there is a service.
        include_stale: Answer values older than their TTL too. Not Feast's.
    """

    entities: dict[str, list[Any]]
    features: list[str] | None = None
    feature_service: str | None = None
    full_feature_names: bool = False
    include_feature_view_version_metadata: bool = False
    include_stale: bool = False


_ASKING = ("features", "feature_service")
_FORM = 'Write {"features": ["view:feature"], "entities": {"key": [1, 2]}}.'
_decode = msgspec.json.Decoder(OnlineRequest).decode


async def read_body(
    receive: Callable[[], Awaitable[Any]], headers: list[tuple[bytes, bytes]], most_bytes: int
) -> bytes:
    """The whole body.

    Args:
        receive: Of ASGI.
        headers: Of the request.
        most_bytes: It may have.

    Raises:
        RefusedError: With 413, as soon as it is known to be longer; the rest is not read.
        DisconnectedError: The caller went away.
    """
    for name, value in headers:
        if name == b"content-length" and int(value) > most_bytes:
            raise _too_long(most_bytes)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message["body"]
        if len(body) > most_bytes:
            raise _too_long(most_bytes)
        return body
    parts, length = [], 0
    while message["type"] == "http.request":
        parts.append(message["body"])
        length += len(message["body"])
        if length > most_bytes:
            raise _too_long(most_bytes)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    raise DisconnectedError


def parse(body: bytes) -> OnlineRequest:
    """The request in a body, whatever its Content-Type: Feast's older clients send none.

    Raises:
        RefusedError: With 422; the message says where in the body.
    """
    try:
        request = _decode(body)
        if not request.features and request.feature_service is None:
            _require_known_keys(body)  # reads what the typed decoder skips, so it may find more that is no JSON
    except msgspec.DecodeError as error:
        problem = str(error)
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 at byte {error.start}"
    except RecursionError:
        problem = "nested too deeply"
    else:
        return request
    raise RefusedError(
        422,
        f"body: expected a JSON object with entities and features or feature_service: {problem}",
        hint=_FORM,
    )


def _require_known_keys(body: bytes) -> None:
    """Refuse a request for nothing that has keys nobody reads: one of them may be a slip."""
    unread = [key for key in msgspec.json.decode(body) if key not in OnlineRequest.__struct_fields__]
    if not unread:
        return
    near = [found for key in unread for found in difflib.get_close_matches(key, _ASKING, n=1)]
    raise RefusedError(
        422,
        f"body: expected features or feature_service, got {', '.join(map(repr, unread))}",
        hint=f"Did you mean {near[0]!r}?" if near else _FORM,
    )


def _too_long(most_bytes: int) -> RefusedError:
    return RefusedError(
        413,
        f"body: expected at most {most_bytes} bytes, got more",
        hint="Ask in several requests, or start the server with a greater --max-body-bytes.",
        headers=CLOSE,
    )
