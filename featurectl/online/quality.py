"""The quality gate: what dbt's last run says against publishing a view."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from featurectl.errors import FeaturectlError, ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from featurectl.manifest import Manifest
    from featurectl.online.options import Options
    from featurectl.registry import FeatureView

_FAILED = frozenset({"fail", "error", "runtime error"})
_BUILT = "success"


class QualityError(FeaturectlError):
    """A view that its own tests or its age speak against."""

    exit_code = 8


class _Timing(msgspec.Struct):
    name: str
    completed_at: str | None = None


class _Result(msgspec.Struct):
    unique_id: str
    status: str
    timing: list[_Timing] = []


class _RunResults(msgspec.Struct):
    results: list[_Result] = []


def refusals(manifest: Manifest, views: Sequence[FeatureView], run_results_path: Path, now: datetime) -> dict[str, str]:
    """View's unique id to why it must not be published; nothing is held against a view that the run does not mention.

    Args:
        manifest: Says which tests are a view's.
        run_results_path: dbt's run_results.json; absent is fine.
        now: Aware; a build older than the view's `freshness.error_after` is too old.

    Raises:
        ProjectError: The file is no run results.
    """
    results = _read(run_results_path)
    failed = {result.unique_id: result.status for result in results.values() if result.status in _FAILED}
    found = {}
    for view in views:
        tests = [
            f"{manifest.nodes[test].name} ({status})"
            for test, status in failed.items()
            if test in manifest.nodes and view.unique_id in manifest.nodes[test].depends_on.nodes and _is_test(test)
        ]
        if view.unique_id in failed:
            found[view.unique_id] = f"expected a build that succeeded, got {failed[view.unique_id]!r}"
        elif tests:
            found[view.unique_id] = f"expected its tests to pass, got failures of {', '.join(sorted(tests))}"
        elif reason := _too_old(view, results.get(view.unique_id), now):
            found[view.unique_id] = reason
    return found


def require_quality(view: FeatureView, options: Options) -> None:
    """Refuse a view whose gate is shut, unless forced.

    Raises:
        QualityError: Says why.
    """
    reason = options.refusals.get(view.unique_id)
    if reason is not None and not options.force:
        raise QualityError(
            f"{view.reference_name}: {reason}",
            hint="Mend it and run `dbt build` again, or publish the view all the same with --force.",
        )


def _too_old(view: FeatureView, result: _Result | None, now: datetime) -> str | None:
    limit = view.freshness.error_after_seconds
    if limit is None or result is None or result.status != _BUILT:
        return None
    built = [timing.completed_at for timing in result.timing if timing.completed_at]
    if not built:
        return None
    finished = datetime.fromisoformat(max(built))
    age = (now - (finished if finished.tzinfo else finished.replace(tzinfo=UTC))).total_seconds()
    if age <= limit:
        return None
    return f"expected a build of the last {limit} s (freshness.error_after), got one of {age:.0f} s ago"


def _is_test(unique_id: str) -> bool:
    return unique_id.startswith(("test.", "unit_test."))


def _read(path: Path) -> Mapping[str, _Result]:
    try:
        run = msgspec.json.decode(path.read_bytes(), type=_RunResults)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise ProjectError(f"{path}: expected dbt's run results, got {error}", hint="Run `dbt build` again.") from error
    return {result.unique_id: result for result in run.results}
