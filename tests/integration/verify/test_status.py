"""`status` tells the lag of the store behind the warehouse, the warehouse's age, and whose manifest is online."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from zoo import BASE, HOUR, TICK


@pytest.fixture
def status(zoo, published):
    """A function that runs `status --json` on views: exit code, and the object printed."""

    def run(*arguments, view="tag:healthy", as_of=BASE, of=zoo):
        result = of.run("status", "--json", "--as-of", as_of.isoformat(), "--select", view, *arguments, url=published)
        return result.exit_code, json.loads(result.stdout)

    return run


def view_of(found, name="accounts"):
    return next(view for view in found["views"] if view["view"] == name)


def test_just_after_a_sync_nothing_lags(status):
    """Watermarks are those of the warehouse; entries are of this manifest; the service is online."""
    code, found = status("--fail-on", "stale")
    assert code == 0
    assert [view["view"] for view in found["views"]] == ["accounts", "days", "pairs"]
    for view in found["views"]:
        assert (view["entry"], view["has_schema"], view["lag_seconds"], view["is_stale"]) == ("current", True, 0, False)
        assert view["watermark"] == view["newest_row"] <= "2024-03-10T12:00:00Z"
        assert view["counts"]["written"] >= 3
        assert view["last_success"].startswith("20")
    assert found["services"] == [{"service": "zoo_model", "entry": "current", "has_list": True}]


def test_lag_is_the_newest_due_row_behind_the_watermark(status):
    """In seconds of a = greatest(e, c), as of an instant that more rows are known by."""
    later = BASE + HOUR + TICK
    code, found = status(as_of=later)
    assert code == 0
    view = view_of(found)
    assert (view["watermark"], view["newest_row"]) == ("2024-03-10T12:00:00Z", "2024-03-10T13:00:00.000001Z")
    assert (view["lag_seconds"], view["age_seconds"], view["is_stale"]) == (3600.000001, 0, True)
    assert status("--fail-on", "stale", as_of=later)[0] == 1


@pytest.mark.parametrize(
    ("age", "freshness", "code"),
    [(HOUR, "pass", 0), (HOUR + TICK, "warn", 0), (2 * HOUR, "warn", 0), (2 * HOUR + TICK, "error", 1)],
)
def test_the_age_of_the_newest_row_is_held_against_its_limits(zoo, published, status, tmp_path, age, freshness, code):
    """A limit itself is within the limit; only an error is stale."""
    own = zoo.copy_to(tmp_path)

    def limit(manifest):
        block = manifest["nodes"]["model.zoo.accounts"]["config"]["meta"]["feature_view"]
        block["freshness"] = {"warn_after": {"count": 1, "period": "hour"}, "error_after": {"count": 2, "period": "hour"}}  # fmt: skip

    own.edit_manifest(limit)
    newest = BASE + 30 * timedelta(hours=1)
    assert own.sync(newest, "--force", url=published).exit_code == 0
    (view,) = status(view="accounts", as_of=newest, of=own)[1]["views"]
    as_of = newest - timedelta(microseconds=round(view["age_seconds"] * 1_000_000)) + age
    exit_code, found = status("--fail-on", "stale", view="accounts", as_of=as_of, of=own)
    assert (found["views"][0]["freshness"], exit_code) == (freshness, code)


def test_whose_manifest_is_online(zoo, status, tmp_path):
    """Newer, older, with other features, or not at all."""
    own = zoo.copy_to(tmp_path)
    for generated_at, entry in (("2001-01-01T00:00:00Z", "newer"), ("2999-01-01T00:00:00Z", "older")):
        own.edit_manifest(lambda manifest, at=generated_at: manifest["metadata"].update(generated_at=at))
        found = status(of=own)[1]
        assert {view["entry"] for view in found["views"]} == {entry}
        assert found["services"][0]["entry"] == entry

    def another_type(manifest):
        manifest["nodes"]["model.zoo.pairs"]["columns"]["score"]["data_type"] = "double"

    own.edit_manifest(another_type)
    assert view_of(status(of=own)[1], "pairs")["has_schema"] is False
    code, found = status("--fail-on", "stale", view="misfits")
    assert (code, found["views"][0]["entry"], found["views"][0]["watermark"]) == (1, "absent", None)


def test_a_relation_that_cannot_be_read_hides_no_other_view(zoo, status, tmp_path):
    own = zoo.copy_to(tmp_path)

    def elsewhere(manifest):
        manifest["nodes"]["model.zoo.pairs"]["alias"] = "gone"

    own.edit_manifest(elsewhere)
    code, found = status("--fail-on", "stale", of=own)
    assert code == 1
    assert "expected the relation of the manifest" in view_of(found, "pairs")["problem"]
    assert view_of(found)["problem"] is None


def test_people_get_a_table(zoo, published):
    result = zoo.run("status", "--as-of", (BASE + HOUR).isoformat(), "--select", "tag:healthy", url=published)
    assert result.exit_code == 0
    head, accounts = result.stdout.splitlines()[:2]
    assert head.split()[:3] == ["VIEW", "MANIFEST", "WATERMARK"]
    assert accounts.split()[:3] == ["accounts", "current", "2024-03-10T12:00:00Z"]
    assert "SERVICE" in result.stdout
