"""The OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from serving.http.settings import Limits

_STATUSES = ["INVALID", "PRESENT", "NULL_VALUE", "NOT_FOUND", "OUTSIDE_MAX_AGE"]
_ERROR_TEXT = "A JSON string that holds the JSON of an error: module, class and message."
_ERROR: dict[str, Any] = {
    "description": _ERROR_TEXT,
    "content": {"application/json": {"schema": {"type": "string"}}},
}


def document(limits: Limits, *, has_tokens: bool) -> bytes:
    """The document as JSON.

    Args:
        limits: Of a request.
        has_tokens: Whether callers need a bearer token.
    """
    paths = {
        "/get-online-features": {"post": _look_up(limits)},
        "/features": {"get": _get("Services and views that the caller may read", _json({"type": "object"}), 503)},
        "/metrics": {
            "get": _get("Counts of all workers, for Prometheus", {"text/plain": {"schema": {"type": "string"}}})
        },
        "/health": {"get": _open(_get("The process lives", None))},
        "/ready": {
            "get": _open(_get("The online store answers and its catalog can be read", _json({"type": "object"}), 503))
        },
        "/openapi.json": {"get": _open(_get("This document", _json({"type": "object"})))},
        "/docs": {"get": _open(_get("A page to try the server", {"text/html": {"schema": {"type": "string"}}}))},
    }
    components: dict[str, Any] = {"schemas": {"Request": _request(limits), "Response": _RESPONSE}}
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "featurectl",
            "version": "1",
            "description": "Look-ups of online features, in the JSON of Feast's feature server.",
        },
        "paths": paths,
        "components": components,
    }
    if has_tokens:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"token": []}]
        for path in ("/get-online-features", "/features", "/metrics"):
            for operation in paths[path].values():
                operation["responses"]["401"] = _ERROR
    return msgspec.json.encode(described)


def _look_up(limits: Limits) -> dict[str, Any]:
    return {
        "summary": "Look up the newest features of entities",
        "requestBody": {"required": True, "content": _json({"$ref": "#/components/schemas/Request"})},
        "responses": {
            "200": {
                "description": "One column a join key and a feature",
                "content": _json({"$ref": "#/components/schemas/Response"}),
                "headers": {
                    "Deprecation": {
                        "description": "The first date of `metadata.deprecations` (RFC 9745); absent where no view is deprecated.",
                        "schema": {"type": "string"},
                    }
                },
            },
            "403": {**_ERROR, "description": "The caller may not read a service or view. " + _ERROR_TEXT},
            "404": {**_ERROR, "description": "No such service, view, version or feature. " + _ERROR_TEXT},
            "408": {**_ERROR, "description": f"The body took longer than {limits.seconds:g} s."},
            "413": {**_ERROR, "description": f"The body is longer than {limits.body_bytes} bytes."},
            "422": {
                **_ERROR,
                "description": "A request that cannot be answered as it stands. " + _ERROR_TEXT,
            },
            "503": {**_ERROR, "description": "The online store does not answer. " + _ERROR_TEXT},
        },
    }


def _get(summary: str, content: dict[str, Any] | None, *errors: int) -> dict[str, Any]:
    done: dict[str, Any] = {"description": summary}
    if content is not None:
        done["content"] = content
    return {"summary": summary, "responses": {"200": done, **{str(status): _ERROR for status in errors}}}


def _open(operation: dict[str, Any]) -> dict[str, Any]:
    return {**operation, "security": []}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _request(limits: Limits) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["entities"],
        "properties": {
            "feature_service": {"type": ["string", "null"], "description": "Its features; wins over `features`."},
            "features": {
                "type": ["array", "null"],
                "items": {"type": "string"},
                "maxItems": limits.features,
                "description": "References: view:feature, view:*, view@v2:feature.",
            },
            "entities": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {}, "maxItems": limits.entities},
                "description": "Join key to its values, one an entity; all of one length. Other keys are ignored.",
            },
            "full_feature_names": {"type": "boolean", "default": False, "description": "Name features view__feature."},
            "include_feature_view_version_metadata": {"type": "boolean", "default": False},
            "include_stale": {
                "type": "boolean",
                "default": False,
                "description": "Answer values older than their view's TTL too; their status says so.",
            },
        },
    }


_RESPONSE: dict[str, Any] = {
    "type": "object",
    "required": ["metadata", "results", "status"],
    "properties": {
        "metadata": {
            "type": "object",
            "required": ["feature_names"],
            "properties": {
                "feature_names": {"type": "array", "items": {"type": "string"}},
                "feature_view_metadata": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"name": {"type": "string"}, "version": {"type": "integer"}},
                    },
                },
                "deprecations": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "description": "Not Feast's: each deprecated view, e.g. price@v1, to its date; absent where there is none.",
                },
            },
        },
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["values", "statuses", "event_timestamps"],
                "properties": {
                    "values": {"type": "array", "items": {}},
                    "statuses": {"type": "array", "items": {"enum": _STATUSES}},
                    "event_timestamps": {"type": "array", "items": {"type": "string", "format": "date-time"}},
                },
            },
        },
        "status": {"const": True},
    },
}
