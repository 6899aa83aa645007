"""What goes wrong, as HTTP statuses and in the words of Feast's clients."""

from __future__ import annotations

import msgspec

from serving.errors import (
    CatalogError,
    MissingJoinKeyError,
    NameClashError,
    RequestError,
    ServingError,
    StoreError,
    TooManyEntitiesError,
    UnknownFeatureError,
)

BASE = "FeastError"
FORBIDDEN = "FeastPermissionError"
_SERVICE = "FeatureServiceNotFoundException"
_VIEW = "FeatureViewNotFoundException"
_FEATURE = "SpecifiedFeaturesNotPresentError"

# The first that fits decides, most special first.
_ANSWERS: tuple[tuple[type[ServingError], int, str], ...] = (
    (MissingJoinKeyError, 422, "RequestDataNotFoundInEntityRowsException"),
    (NameClashError, 422, "FeatureNameCollisionError"),
    (TooManyEntitiesError, 422, BASE),
    (RequestError, 422, BASE),
    (StoreError, 503, BASE),
    (CatalogError, 503, BASE),
)


class RefusedError(Exception):
    """A request that is answered with an error.

    Args:
        status: Of HTTP.
        message: What is wrong: where, what was expected, what came.
        hint: What to do next.
        feast_class: The class of ``feast.errors`` that Feast's client raises.
        headers: More of the answer's.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        hint: str | None = None,
        feast_class: str = BASE,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.feast_class = feast_class
        self.headers = headers
        self.hint = hint

    @property
    def body(self) -> bytes:
        """The error as Feast's server writes it: a JSON string that holds JSON."""
        text = f"{self}\nHint: {self.hint}" if self.hint else str(self)
        detail = {"module": "feast.errors", "class": self.feast_class, "message": text}
        # A caller's text may hold what UTF-8 cannot, once it was cut out of its context.
        return msgspec.json.encode(msgspec.json.encode(detail).decode())


def refusal(error: ServingError, *, names_are_secret: bool = False) -> RefusedError:
    """The answer to an error of the look-up.

    Args:
        error: As raised; one that is nobody's request's fault is answered as 503, for it may pass.
        names_are_secret: Leave out the hint of an unknown name, for it offers names that the caller may not read.
    """
    if isinstance(error, UnknownFeatureError):
        hint = None if names_are_secret else error.hint
        return RefusedError(404, error.message, hint=hint, feast_class=_unknown(error.kind))
    for kind, status, feast_class in _ANSWERS:
        if isinstance(error, kind):
            headers = ((b"retry-after", b"1"),) if status == 503 else ()  # noqa: PLR2004 - Service Unavailable
            return RefusedError(status, error.message, hint=error.hint, feast_class=feast_class, headers=headers)
    return RefusedError(503, error.message, hint=error.hint)


def _unknown(kind: str) -> str:
    if kind.startswith("feature service"):
        return _SERVICE
    return _FEATURE if kind.startswith("feature of") else _VIEW
