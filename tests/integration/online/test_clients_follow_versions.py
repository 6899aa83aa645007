"""A new version fills beside the old one, and a client that was there before moves to it when the catalog says so."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial

import duckdb
import pytest
from lab import HOUR, KEYS, NAMESPACE, START, Lab

import serving.session
from featurectl.manifest import Relation
from featurectl.online.sync import sync
from featurectl.online.writers import open_writer
from featurectl.registry import Column, FeatureService, PinnedFeature, Registry
from serving import FeatureStore

NOW = 10 * HOUR
METER = {"meter": ["m1"]}
OLD, NEW = 1, "one watt"  # what each version says of the meter


@pytest.fixture(params=["sqlite_url", "redis_url"])
def lab(request, tmp_path, monkeypatch):
    """A lab with a table for each of two versions; a client looks at the catalog's generation each time."""
    monkeypatch.setattr(serving.session, "CATALOG_MAX_AGE_SECONDS", -1)
    made = Lab(tmp_path, request.getfixturevalue(request.param))
    with duckdb.connect(str(made.path)) as connection:
        for version, value in ((1, "1"), (2, "'one watt'")):
            connection.execute(
                f"create table readings_v{version} as select 'm1' as meter, make_timestamp({START + HOUR}) as read_at, "
                f"null::timestamp as known_at, false as is_gone, {value} as watts"
            )
    return made


@pytest.fixture
def client(lab):
    """Made before anything is published, and never again."""
    with FeatureStore.from_url(lab.url, namespace=NAMESPACE) as opened:
        yield opened


def publish(lab, latest, *, versions=(1, 2), service_version=1, **options):
    """One sync of a manifest with these versions, and a service that pins one."""
    views = tuple(
        replace(
            lab.view,
            unique_id=f"model.lab.readings.v{version}",
            version=version,
            is_latest=version == latest,
            relation=Relation("lab", "main", f"readings_v{version}"),
            features=(Column("watts", "integer" if version == 1 else "varchar"),),
        )
        for version in versions
    )
    pinned = PinnedFeature("readings", service_version, "watts", "watts")
    service = FeatureService("exposure.lab.bills", "bills", "lab", "", "x.yml", None, (pinned,), None, ())
    registry = Registry("lab", "duckdb", lab.generated_at, "run", "1.11", views, (), (), (service,))
    opener = partial(open_writer, lab.url, NAMESPACE)
    return sync(registry, views, lab.warehouse(), opener, KEYS, lab.options(NOW, **options))


def answers(client):
    """The value by the unpinned name, and by the service."""
    return tuple(
        client.get_online_features(asked, METER).to_dict()["watts"][0] for asked in (["readings:watts"], "bills")
    )


def test_a_client_moves_when_the_latest_version_does_and_a_service_when_its_list_does(lab, client):
    """Filled first, then made the latest, then in the service's list: three syncs, one client."""
    assert publish(lab, latest=1, versions=(1,)).refusals == []
    assert answers(client) == (OLD, OLD)
    assert all(report.succeeded for report in publish(lab, latest=1).views)
    assert client.get_online_features(["readings@v2:watts"], METER).to_dict()["watts"] == [NEW]
    assert answers(client) == (OLD, OLD), "filled, and nobody's yet"
    assert all(report.succeeded for report in publish(lab, latest=2).views)
    assert answers(client) == (NEW, OLD)
    assert publish(lab, latest=2, service_version=2).refusals != []
    assert answers(client) == (NEW, OLD), "a service's list is kept until told"
    assert publish(lab, latest=2, service_version=2, accept_breaking=True).refusals == []
    assert answers(client) == (NEW, NEW)
    assert client.get_online_features(["readings@v1:watts"], METER).to_dict()["watts"] == [OLD]
    assert publish(lab, latest=1).views[0].succeeded
    assert answers(client)[0] == OLD, "and back"


def test_a_client_moves_as_soon_as_its_catalog_is_too_old_and_not_before(lab, client, monkeypatch):
    publish(lab, latest=1)
    assert answers(client)[0] == OLD
    monkeypatch.setattr(serving.session, "CATALOG_MAX_AGE_SECONDS", 3600)
    publish(lab, latest=2)
    assert answers(client)[0] == OLD
    monkeypatch.setattr(serving.session, "CATALOG_MAX_AGE_SECONDS", -1)
    assert answers(client)[0] == NEW


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1)])
def test_there_is_a_latest_version_at_every_moment_of_the_move(lab, client, monkeypatch, before, after):
    """The versions are published one by one; an unpinned name means the one or the other all the while."""
    publish(lab, latest=before)
    with closing(open_writer(lab.url, NAMESPACE)) as writer:
        writer_class = type(writer)
    seen, whole = [answers(client)[0]], writer_class.publish_catalog

    def watched(*given, **more):
        done = whole(*given, **more)
        seen.append(answers(client)[0])
        return done

    monkeypatch.setattr(writer_class, "publish_catalog", watched)
    publish(lab, latest=after)
    values = {1: OLD, 2: NEW}
    assert (seen[0], seen[-1]) == (values[before], values[after])
    assert seen == sorted(seen, key=lambda value: value == values[after]), "it moves once"


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1)])
def test_a_new_latest_version_that_is_not_published_leaves_the_old_one_the_latest(lab, client, before, after):
    """Its tests failed, say: the old version is published again, and goes on being what the name means."""
    publish(lab, latest=before)
    refused = publish(lab, latest=after, refusals={f"model.lab.readings.v{after}": "expected its tests to pass"})
    assert [report.succeeded for report in refused.views] == [version != after for version in (1, 2)]
    assert answers(client)[0] == {1: OLD, 2: NEW}[before]


def test_a_new_version_that_is_taken_back_is_not_what_the_name_means(lab, client):
    """The next manifest has the old version alone; the new one's entry waits for `gc`."""
    publish(lab, latest=2)
    assert answers(client)[0] == NEW
    assert publish(lab, latest=1, versions=(1,)).views[0].succeeded
    assert answers(client)[0] == OLD
