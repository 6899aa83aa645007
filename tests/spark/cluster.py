"""A Spark whose executors are processes of their own: tables in, rows and plans out, dbt in the same session."""

from __future__ import annotations

import json
import os
import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from dbt.cli.main import dbtRunner
from engines import SESSION_ZONE, TABLES, History
from pyspark.sql import SparkSession
from pyspark.sql.types import TimestampType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from consumer import Consumer
    from py4j.java_gateway import JavaObject

SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.executor.memory": "700m",
    "spark.sql.autoBroadcastJoinThreshold": "-1",  # plan as for tables too large to send around
    "spark.sql.session.timeZone": SESSION_ZONE,
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
}


@dataclass(frozen=True)
class Cluster:
    """A session on `local-cluster`; its tables are in the schema that the project's target names."""

    spark: SparkSession

    def load(self, history: History, *, spine: str, view: str) -> None:
        """Replace the raw tables; a naive datetime is UTC."""
        self.spark.sql("create schema if not exists main")
        for name, columns in TABLES.items():
            schema = (
                columns.format(spine=spine, view=view)
                .replace("varchar", "string")
                .replace("double precision", "double")
            )
            frame = self.spark.createDataFrame([], schema)
            zoned = {field.name for field in frame.schema if isinstance(field.dataType, TimestampType)}
            rows = [
                {key: value.replace(tzinfo=UTC) if value and key in zoned else value for key, value in row.items()}
                for row in history[name]
            ]
            self.spark.createDataFrame(rows, frame.schema).write.mode("overwrite").saveAsTable(f"main.raw_{name}")

    def dbt(self, consumer: Consumer, variables: dict[str, Any], *arguments: str) -> None:
        """Run dbt in this process, where the adapter finds this session; a failure shows its messages."""
        options = {"project-dir": consumer.project_dir, "profiles-dir": consumer.project_dir, "target": "spark"}
        command = [*arguments, "--vars", json.dumps(variables)]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # dbt's own
            done = dbtRunner().invoke(["--no-use-colors", "--warn-error", *command])
        messages = [result.message for result in getattr(done.result, "results", []) if result.message]
        assert done.success, (done.exception, messages)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Rows as dicts; zoned instants come back as UTC."""
        frame = self.spark.table(table)
        zoned = {field.name for field in frame.schema if isinstance(field.dataType, TimestampType)}
        return [
            {
                key: value.astimezone(UTC).replace(tzinfo=None) if value and key in zoned else value
                for key, value in row.asDict().items()
            }
            for row in frame.collect()
        ]

    def plan(self, sql: str) -> JavaObject:
        """The root of the physical plan of a query, as it is before it runs."""
        plan = self.spark.sql(sql)._jdf.queryExecution().executedPlan()
        return plan.initialPlan() if plan.nodeName() == "AdaptiveSparkPlan" else plan

    @property
    def driver_pid(self) -> int:
        """The operating system's id of the driver's JVM."""
        return self.spark._jvm.java.lang.ProcessHandle.current().pid()

    def pids_that_run_sql(self) -> set[int]:
        """Ids of the processes on which the tasks of a query run."""
        pid = "java_method('java.lang.ProcessHandle', 'current')"
        return {int(row.pid) for row in self.spark.sql(f"select {pid} as pid from range(0, 64, 1, 16)").collect()}

    def work_by_executor(self) -> dict[str, tuple[int, int]]:
        """Tasks done and bytes written to shuffles by each executor, without the driver."""
        summaries = self.spark._jsc.sc().statusStore().executorList(True)
        found = [summaries.apply(place) for place in range(summaries.size())]
        return {one.id(): (one.completedTasks(), one.totalShuffleWrite()) for one in found if one.id() != "driver"}


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """Two executors of one core and 700 MB on the loopback, their files under a folder."""
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    builder = SparkSession.builder.master("local-cluster[2,1,700]").appName("featurectl")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.config("spark.sql.warehouse.dir", str(folder / "warehouse")).getOrCreate()
    try:
        yield Cluster(spark)
    finally:
        spark.stop()
