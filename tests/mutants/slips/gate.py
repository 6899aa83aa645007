"""Slips in the quality gate: which results of dbt speak against a view."""

from __future__ import annotations

from slips.slip import slips

_QUALITY = "tests/unit/online/test_quality.py"
FAILED = f"{_QUALITY}::test_a_failed_test_of_the_view_shuts_the_gate"
OPEN = f"{_QUALITY}::test_a_test_that_did_not_fail_leaves_it_open"
BUILD = f"{_QUALITY}::test_a_build_that_failed_shuts_the_gate"
AGE = f"{_QUALITY}::test_a_build_at_the_limit_is_young_enough_and_a_second_later_too_old"
FORCED = f"{_QUALITY}::test_a_shut_gate_refuses_with_exit_code_8_unless_forced"
OTHERS = f"{_QUALITY}::test_what_fails_elsewhere_is_not_held_against_the_view"
UNIT = f"{_QUALITY}::test_a_failed_unit_test_counts"
SKIPPED = f"{_QUALITY}::test_a_view_that_was_not_built_has_no_age"
NAIVE = f"{_QUALITY}::test_a_time_without_a_zone_is_utc"
LAST = f"{_QUALITY}::test_the_age_is_that_of_the_last_step_of_the_build"
NO_RESULT = f"{_QUALITY}::test_a_run_without_a_result_of_the_views_tests_leaves_them_unknown"
UNRUN = f"{_QUALITY}::test_a_skipped_test_says_nothing"
NOT_BUILT = f"{_QUALITY}::test_a_command_that_builds_nothing_leaves_tests_and_build_unknown"
BEFORE_WRITING = "tests/integration/online/test_order_of_a_sync.py::test_a_refused_view_is_not_touched"

SLIPS = [
    *slips(
        "featurectl/online/quality.py",
        ('{"fail", "error", "runtime error"}', '{"error", "runtime error"}', FAILED),
        ('{"fail", "error", "runtime error"}', '{"fail", "runtime error"}', FAILED),
        ('{"fail", "error", "runtime error"}', '{"fail", "error"}', FAILED),
        ('{"fail", "error", "runtime error"}', '{"fail", "error", "runtime error", "warn"}', OPEN),
        ("        if view.unique_id in failed:\n", "        if False:\n", BUILD),
        ("        elif tests:\n", "        elif tests and False:\n", FAILED),
        (" and view.unique_id in manifest.nodes[test].depends_on.nodes", "", OTHERS),
        ("depends_on.nodes and _is_test(test)", "depends_on.nodes", OTHERS),
        ('("test.", "unit_test.")', '("test.",)', UNIT),
        ("    if age <= limit:\n", "    if age < limit:\n", AGE),
        ("    if age <= limit:\n", "    if age <= limit + 1:\n", AGE),
        (" or result.status != _BUILT", "", SKIPPED),
        ("finished.replace(tzinfo=UTC)", "finished.astimezone(UTC)", NAIVE),
        ("datetime.fromisoformat(max(built))", "datetime.fromisoformat(min(built))", LAST),
        (" and not options.force", "", FORCED),
        ("if reason is not None and not", "if reason is None and not", FORCED),
        ('if result.status != "skipped"}', "}", UNRUN),
        ("tested - answered]", "tested]", NO_RESULT),
        ('"snapshot", "retry"}', '"snapshot", "retry", "show"}', NOT_BUILT),
    ),
    *slips(
        "featurectl/online/sync.py",
        ("                require_quality(view, options)\n", "", BEFORE_WRITING),
        ("            require_unbroken(view, describe_catalog(catalog), after, options)\n", "", BEFORE_WRITING),
    ),
]
