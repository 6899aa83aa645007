"""Airflow 3: build the features, then publish them; a failed test stops its view, not the others.

dbt and featurectl have an environment of their own, /srv/flights/.venv, so that an upgrade of Airflow moves none of their
libraries. The connection `online_store` is the store's URL: `airflow connections add online_store --conn-uri redis://...`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "features",
    schedule=timedelta(minutes=10),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        "cwd": "/srv/flights",
        "append_env": True,
        "env": {
            "PATH": "/srv/flights/.venv/bin:/usr/bin:/bin",
            "FEATURECTL_ONLINE_STORE": "{{ conn.online_store.get_uri() }}",
        },
        "execution_timeout": timedelta(hours=1),
    },
):
    dbt_build = BashOperator(task_id="dbt_build", bash_command="dbt build")
    sync_online = BashOperator(
        task_id="sync_online",
        bash_command="featurectl sync-online --json",
        trigger_rule="all_done",
        retries=2,
        retry_delay=timedelta(minutes=1),
    )
    # A run ends as its last tasks do: without this one, a sync that went well would hide a build that did not.
    status = BashOperator(task_id="status", bash_command="featurectl status --fail-on stale")
    dbt_build >> sync_online
    [dbt_build, sync_online] >> status
