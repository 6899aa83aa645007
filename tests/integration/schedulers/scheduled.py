"""What the tests of all schedulers start from, break and look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import redis

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
HOME = "/srv/flights"  # where the examples look for the project


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A built copy of the flights example, and the store that a schedule publishes to.

    Attributes:
        folder: The project; `.venv` in it is the environment of these tests.
        duckdb_path: Its warehouse; nothing keeps it open.
        store_url: A Valkey database, empty at first.
    """

    folder: Path
    duckdb_path: Path
    store_url: str

    def example(self, name: str) -> str:
        """An example's text, for this folder and this store."""
        text = (EXAMPLES / name).read_text()
        assert HOME in text
        return text.replace(HOME, str(self.folder)).replace("redis://127.0.0.1:6379/0", self.store_url)

    def fail_a_test(self) -> None:
        """Make airport_weather known before it was observed, which one of its tests forbids."""
        model = self.folder / "models" / "feature_views" / "airport_weather.sql"
        sql = model.read_text()
        assert "observed_hour + interval '1 hour'" in sql
        model.write_text(sql.replace("observed_hour + interval '1 hour'", "observed_hour - interval '1 hour'"))

    def stop_dbt(self) -> None:
        """Make a project that dbt cannot parse."""
        (self.folder / "models" / "broken.sql").write_text("select * from {{ ref('nothing') }}")

    def planes_online(self) -> int:
        """The planes that can be looked up."""
        with redis.Redis.from_url(self.store_url) as client:
            return sum(1 for _ in client.scan_iter("featurectl:dev:plane_attributes@0:*", count=1000))

    def planes(self) -> int:
        """The planes there are."""
        with duckdb.connect(self.duckdb_path, read_only=True) as connection:
            return connection.execute("select count(distinct tailnum) from plane_attributes").fetchone()[0]
