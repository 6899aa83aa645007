"""URLs of Redis protocol stores: one server, a Sentinel service, a cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

from serving.errors import ConfigError

try:
    from redis.driver_info import DriverInfo
except ImportError:  # redis-py before 7.2
    _DRIVER: dict[str, Any] = {}
else:
    # Left to itself, redis-py searches the installed packages for its version with every connection it makes.
    _DRIVER = {"driver_info": DriverInfo(lib_version=redis.__version__)}

# To the last @: a password that should have been percent-encoded may have any character.
_PASSWORD = re.compile(r"(?<=://)(?P<user>[^:@/]*):.*@", re.DOTALL)
_PASSWORD_OPTION = re.compile(r"(?<=[?&])(?P<name>(?:sentinel_)?password)=[^&]*")
CONNECT_TIMEOUT_SECONDS = 2.0
READ_TIMEOUT_SECONDS = 5.0
UNBOUNDED_CONNECTIONS = 2**31  # left to itself, redis-py allows 100 since its version 7, and every number before
_DEFAULT_PORTS = {"sentinel": 26379, "cluster": 6379}
_SENTINEL_OPTION = "sentinel_"


@dataclass(frozen=True, slots=True)
class Deployment:
    """Servers behind one name.

    Attributes:
        nodes: (host, port) of Sentinels, or of some nodes of a cluster.
        service: Name that the Sentinels know the master by; None for a cluster.
        replicas: Whether to read from replicas.
        tls: Whether connections to the data are encrypted.
        options: For redis-py's connections to the data.
        sentinel_options: For those to the Sentinels.
    """

    nodes: tuple[tuple[str, int], ...]
    service: str | None
    replicas: bool
    tls: bool
    options: dict[str, Any]
    sentinel_options: dict[str, Any]


def connection_options() -> dict[str, Any]:
    """What a URL does not set: time limits, as many connections as there are look-ups at once, and no retry behind our back."""
    return {
        "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "socket_timeout": READ_TIMEOUT_SECONDS,
        "max_connections": UNBOUNDED_CONNECTIONS,
        "retry": Retry(NoBackoff(), 0),
        **_DRIVER,
    }


def parse_deployment(url: str) -> Deployment:
    """The servers that a ``redis+sentinel://`` or ``redis+cluster://`` URL names (``rediss+`` with TLS).

    ``redis+sentinel://[user:password@]host[:port][,host[:port]...]/service[/database][?options]`` and
    ``redis+cluster://[user:password@]host[:port][,host[:port]...][?options]``. Options are redis-py's; besides,
    ``replicas=true`` reads from replicas, and ``sentinel_password=`` (or any ``sentinel_<option>``) is for the Sentinels.

    Raises:
        ConfigError: The URL is none of these.
    """
    scheme, _, rest = url.partition("://")
    base, _, kind = scheme.partition("+")
    authority, slash, tail = rest.partition("/") if "/" in rest.partition("?")[0] else (rest.partition("?")[0], "", "")
    path, _, query = (tail if slash else f"?{rest.partition('?')[2]}").partition("?")
    user, at, hosts = authority.rpartition("@")
    service, _, database = unquote(path).partition("/")
    try:
        _require(base in ("redis", "rediss") and kind in _DEFAULT_PORTS and bool(service) == (kind == "sentinel"))
        given = dict(parse_qsl(query, strict_parsing=bool(query)))
        replicas = given.pop("replicas", "false")
        _require(replicas in ("true", "false"))
        of_sentinels = {name: given.pop(name) for name in list(given) if name.startswith(_SENTINEL_OPTION)}
        options = _options(f"redis://{user}{at}-/{database}?{urlencode(given)}")
        sentinel_options = _options(
            f"redis://-/?{urlencode({name.removeprefix(_SENTINEL_OPTION): value for name, value in of_sentinels.items()})}"
        )
        nodes = tuple([_node(each, _DEFAULT_PORTS[kind]) for each in hosts.split(",")])
    except ValueError as error:
        raise ConfigError(
            f"online store: expected redis+sentinel://host:port,.../service or redis+cluster://host:port,..., got {redact(url)!r}",
            hint="Options follow a question mark: ?socket_timeout=0.2&replicas=true.",
        ) from error
    return Deployment(nodes, service or None, replicas == "true", base == "rediss", options, sentinel_options)


def redact(url: str) -> str:
    """The URL without its passwords, for messages."""
    return _PASSWORD_OPTION.sub(r"\g<name>=***", _PASSWORD.sub(r"\g<user>:***@", url))


def _require(condition: bool) -> None:  # noqa: FBT001 - an assertion
    if not condition:
        raise ValueError


def _options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
    del options["host"]
    return connection_options() | options


def _node(text: str, default_port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    _require(bool(parts.hostname) and not parts.path and not parts.username)
    return parts.hostname or "", default_port if parts.port is None else parts.port
