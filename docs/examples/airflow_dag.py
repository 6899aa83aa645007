"""Airflow: build the features, then publish them; a failed test stops its view, not the others."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "features",
    schedule=timedelta(minutes=10),
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow reads it in its own zone
    catchup=False,
    max_active_runs=1,
    default_args={"cwd": "/srv/flights", "append_env": True},
):
    dbt_build = BashOperator(task_id="dbt_build", bash_command="dbt build")
    sync_online = BashOperator(
        task_id="sync_online", bash_command="featurectl sync-online --json", trigger_rule="all_done", retries=2
    )
    dbt_build >> sync_online
