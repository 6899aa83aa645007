"""Bearer tokens: who may read which services and views."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from serving.errors import ConfigError
from serving.http.failures import FORBIDDEN, RefusedError

if TYPE_CHECKING:
    from serving.http.recipe import Recipe

ALL = "*"
_DIGEST_PREFIX = "sha256:"
_DIGEST_DIGITS = 64
_SCHEME = b"bearer "


@dataclass(frozen=True, slots=True)
class Grant:
    """What one caller may read.

    Attributes:
        names: Services and views; ``*`` is all that is not private.
        caller: The start of the token's digest, for the access log; empty where there are no tokens.
    """

    names: frozenset[str]
    caller: str = ""

    def may_see_view(self, name: str, access: str) -> bool:
        """Whether the caller may read the view by itself; a private one only where it is named."""
        return name in self.names or (ALL in self.names and access != "private")

    def may_see_service(self, name: str) -> bool:
        """Whether the caller may read the service, but for private views in it."""
        return name in self.names or ALL in self.names

    def require(self, recipe: Recipe) -> None:
        """Refuse what the caller may not read.

        Raises:
            RefusedError: With 403, naming the first service or view that is not granted.
        """
        by_service = recipe.service is not None and self.may_see_service(recipe.service)
        for name, access in recipe.access.items():
            if self.may_see_view(name, access) or (by_service and access != "private"):
                continue
            private = " (access: private)" if access == "private" else ""
            raise RefusedError(
                403,
                f"features: expected views that the caller may read, got {name!r}{private}",
                hint="Ask the operator for a token that names it.",
                feast_class=FORBIDDEN,
            )


EVERYONE = Grant(frozenset({ALL}))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens there are, by SHA-256 of each: the tokens themselves are not kept."""

    grants: tuple[tuple[bytes, Grant], ...]

    def grant(self, authorization: bytes | None) -> Grant:
        """The grant of an ``Authorization`` header; every token is compared, each in constant time.

        Raises:
            RefusedError: With 401.
        """
        if authorization is None or authorization[: len(_SCHEME)].lower() != _SCHEME:
            raise _unknown("no bearer token")
        digest = sha256(authorization[len(_SCHEME) :].strip()).digest()
        found: Grant | None = None
        for known, grant in self.grants:
            if hmac.compare_digest(known, digest):
                found = grant
        if found is None:
            raise _unknown("a token that is not known")
        return found


def read_tokens(text: str | bytes, *, where: str) -> Tokens:
    """The tokens of a JSON object: token, or ``sha256:`` and its digest in hex, to a list of services and views.

    Args:
        text: The JSON.
        where: What holds it, for messages; tokens never are in one.

    Raises:
        ConfigError: Another shape, or a malformed digest.
    """
    try:
        declared = msgspec.json.decode(text, type=dict[str, list[str]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{where}: expected a JSON object of tokens to lists of services and views, got something else ({error})",
            hint='Write {"<token, or sha256:hex>": ["my_service", "my_view"]}; "*" means all that is not private.',
        ) from error
    grants = []
    for index, (token, names) in enumerate(declared.items()):
        digest = _digest(token, f"{where}: token {index + 1}")
        grants.append((digest, Grant(frozenset(names), digest.hex()[:8])))
    return Tokens(tuple(grants))


def _digest(token: str, where: str) -> bytes:
    if not token.startswith(_DIGEST_PREFIX):
        if not token or token != token.strip():
            raise ConfigError(
                f"{where}: expected a token without spaces around it", hint="Write the token as callers send it."
            )
        return sha256(token.encode()).digest()
    digits = token.removeprefix(_DIGEST_PREFIX)
    try:
        digest = bytes.fromhex(digits)
    except ValueError:
        digest = b""
    if len(digits) != _DIGEST_DIGITS or not digest:
        raise ConfigError(
            f"{where}: expected sha256: and 64 hexadecimal digits, got {len(digits)} characters after it",
            hint="Make one with: printf %s <token> | sha256sum",
        )
    return digest


def _unknown(got: str) -> RefusedError:
    return RefusedError(
        401,
        f"authorization: expected a bearer token of this server, got {got}",
        hint="Send the header `Authorization: Bearer <token>`.",
        feast_class=FORBIDDEN,
        headers=((b"www-authenticate", b"Bearer"),),
    )
