"""The outcome of a sync as text for Prometheus' textfile collector."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from featurectl.errors import FeaturectlError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from featurectl.online.report import ViewReport

_GAUGES = (
    ("success", "1 where everything due was written.", lambda report: int(report.succeeded)),
    ("rows_read", "Newest due rows read.", lambda report: report.rows_read),
    ("rows_written", "Rows put into the store.", lambda report: report.written),
    ("rows_skipped_older", "Rows for which the store holds a newer one.", lambda report: report.skipped_older),
    ("rows_deleted", "Rows removed by a full refresh.", lambda report: report.deleted),
    ("rows_rejected", "Rows whose values their types cannot hold.", lambda report: report.rejected),
    ("bytes", "Bytes of the rows sent.", lambda report: report.bytes),
    ("duration_seconds", "Time the view took.", lambda report: round(report.seconds, 3)),
    (
        "watermark_timestamp_seconds",
        "Greatest instant read.",
        lambda report: None if report.watermark_us is None else report.watermark_us / 1_000_000,
    ),
)


def metrics_text(namespace: str, reports: Sequence[ViewReport], *, now: float) -> str:
    """One gauge a count, labelled by namespace and view.

    Args:
        now: Seconds since 1970, when the sync ended.
    """
    lines = []
    for name, help_text, value_of in _GAUGES:
        metric = f"featurectl_sync_{name}"
        lines += [f"# HELP {metric} {help_text}", f"# TYPE {metric} gauge"]
        for report in reports:
            value = value_of(report)
            if value is not None:
                lines.append(f'{metric}{{namespace="{namespace}",view="{report.view}"}} {value}')
    finished = "featurectl_sync_finished_timestamp_seconds"
    lines += [f"# HELP {finished} When the sync ended.", f"# TYPE {finished} gauge"]
    lines.append(f'{finished}{{namespace="{namespace}"}} {now:.0f}')
    return "\n".join(lines) + "\n"


def write_metrics(path: Path, namespace: str, reports: Sequence[ViewReport]) -> None:
    """Replace the file at once: a collector never reads half of it.

    Raises:
        FeaturectlError: The file cannot be written.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        partial.write_text(metrics_text(namespace, reports, now=time.time()))
        partial.replace(path)
    except OSError as error:
        raise FeaturectlError(
            f"--metrics-file: expected a file that can be written, got {error.strerror}: {path}",
            hint="Name a file in a folder that exists.",
        ) from error
