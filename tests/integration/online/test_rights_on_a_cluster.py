"""Each user of docs/operations.md can do its work on a cluster with what the page adds for one, and not without it."""

from __future__ import annotations

from contextlib import closing
from functools import partial

import pytest
import redis
from lab import KEYS, NAMESPACE, Lab, joined
from test_rights import HISTORY, NOW, PAGE, documented, inspect, read, worded_for

from featurectl.errors import OnlineStoreError
from featurectl.online.removal import erase, keyed_views, keys_of_entity
from featurectl.online.writers import open_writer
from serving import StoreError

ALL_NEED = ["+cluster", "+command"]


@pytest.fixture
def lab(cluster_ports, tmp_path):
    """Published by the default user."""
    made = Lab(tmp_path, f"redis+cluster://127.0.0.1:{cluster_ports[0]}")
    made.build(HISTORY)
    assert made.sync(NOW, full_refresh=True).problems == []
    return made


@pytest.fixture
def url_of(cluster_ports):
    """A function that makes a user with the given rights on every master; its URL."""

    def made(rights):
        for port in cluster_ports:
            with redis.Redis(port=port) as admin:
                admin.execute_command("ACL", "SETUSER", "someone", "reset", "on", ">secret", *worded_for(admin, rights))
                admin.script_flush()
        return f"redis+cluster://someone:secret@127.0.0.1:{cluster_ports[0]}"

    return made


def write(lab, url, _):
    """Everything again, and what is new."""
    report = Lab(lab.folder, url).sync(NOW, full_refresh=True)
    if report.problems:
        raise OnlineStoreError(report.problems[0], hint=report.hint)
    assert lab.stored() == joined(HISTORY, NOW)


def remove(lab, url, _):
    opener = partial(open_writer, url, NAMESPACE)
    keys = keys_of_entity(keyed_views([lab.view], None), {"meter": "m1"}, KEYS)
    with closing(opener()) as writer:
        assert erase(keys, writer, opener, KEYS)[0].keys == 1


WORK = {"writer": write, "reader": read, "inspector": inspect, "gc": remove}


def test_the_page_says_what_a_cluster_needs():
    page = " ".join(PAGE.read_text().split())
    assert f"on a cluster all need `{' '.join(ALL_NEED)}`, and the writer `+eval`" in page


@pytest.mark.parametrize("user", WORK)
def test_a_user_with_the_documented_rights_does_its_work(lab, url_of, user):
    also = ["+eval"] if user == "writer" else []
    WORK[user](lab, url_of([*documented(user), *ALL_NEED, *also]), None)


@pytest.mark.parametrize("right", ALL_NEED)
@pytest.mark.parametrize("user", WORK)
def test_without_them_it_is_told_what_it_lacks(lab, url_of, user, right):
    """CLUSTER by a hint, for redis-py takes a server that refuses it for one of no cluster."""
    url = url_of([*documented(user), *(given for given in ALL_NEED if given != right)])
    with pytest.raises((OnlineStoreError, StoreError)) as told:
        WORK[user](lab, url, None)
    assert ("may run CLUSTER" if right == "+cluster" else "ACL SETUSER") in told.value.hint
