"""The quality gate: what dbt's last run says against publishing a view."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from featurectl.artifacts.run_results import RUN_RESULTS
from featurectl.errors import FeaturectlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.artifacts.run_results import Result, RunResults
    from featurectl.manifest import Manifest
    from featurectl.online.options import Options
    from featurectl.registry import FeatureView

_FAILED = frozenset({"fail", "error", "runtime error"})
_BUILT = "success"
# dbt commands whose results say something of what is in the warehouse; compile, docs generate and show overwrite the file, too.
_TELLING = frozenset({"build", "run", "test", "seed", "snapshot", "retry"})
_COMMANDS = {"generate": "docs generate"}


class QualityError(FeaturectlError):
    """A view that its own tests or its age speak against."""

    exit_code = 8


def refusals(manifest: Manifest, views: Sequence[FeatureView], run: RunResults | None, now: datetime) -> dict[str, str]:
    """View's unique id to why it must not be published; nothing is held against a view that the run does not mention.

    Args:
        manifest: Says which tests are a view's.
        run: dbt's last; None where there are no results.
        now: Aware; a build older than the view's `freshness.error_after` is too old.
    """
    results = {result.unique_id: result for result in run.results} if run else {}
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


def doubts(manifest: Manifest, views: Sequence[FeatureView], run: RunResults | None) -> dict[str, str]:
    """View's unique id to what the last dbt command leaves unknown of it; one text for all views of a run.

    Args:
        manifest: Says which tests are a view's.
        run: dbt's last; results that are not there overwrote nothing, and are not told of.
    """
    if run is None:
        return {}
    done = {result.unique_id for result in run.results if result.status != "skipped"}
    tested: set[str] = set()
    answered: set[str] = set()  # what one of its tests says something of
    for unique_id, node in manifest.nodes.items():
        if _is_test(unique_id):
            tested.update(node.depends_on.nodes)
            answered.update(node.depends_on.nodes if unique_id in done else ())
    untested = [view for view in views if view.unique_id in tested - answered]
    which = run.args.which
    names = ", ".join(view.reference_name for view in untested)
    of = f"{RUN_RESULTS} is of `dbt {_COMMANDS.get(which, which)}`" if which else RUN_RESULTS
    if which is not None and which not in _TELLING:
        unknown = "whether what is built is of this manifest"
        if names:
            unknown = f"whether the tests of {names} pass, and {unknown},"
        return dict.fromkeys((view.unique_id for view in views), f"{of}: {unknown} is not known; run `dbt build`")
    text = f"{of} and has no result of a test of {names}: whether they pass is not known; run `dbt build`"
    return dict.fromkeys((view.unique_id for view in untested), text)


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


def _too_old(view: FeatureView, result: Result | None, now: datetime) -> str | None:
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
