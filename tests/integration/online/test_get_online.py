"""Look-ups from the shell: keys as text become their declared types, and the answer is what the client says."""

from __future__ import annotations

import json

import pytest
from zoo import ACCOUNTS, BASE, NAMESPACE

from serving import FeatureStore


@pytest.fixture(scope="module")
def url(built_zoo, tmp_path_factory):
    address = f"sqlite://{tmp_path_factory.mktemp('shell')}/online.db"
    assert built_zoo.sync(BASE, url=address).exit_code == 0
    return address


def look_up(zoo, url, features, *entities):
    arguments = [argument for entity in entities for argument in ("-e", entity)]
    return zoo.run("get-online", *features, *arguments, "--as-of", BASE.isoformat(), "--json", url=url)


@pytest.mark.parametrize("account", [account for account in ACCOUNTS if account is not None])
def test_any_text_is_a_key(built_zoo, url, account):
    """With separators, escapes, line breaks, or empty: the shell finds the row that the client finds."""
    shown = json.loads(look_up(built_zoo, url, ["accounts:big", "accounts:text"], f"account={account}").stdout)
    with FeatureStore.from_url(url, namespace=NAMESPACE, as_of=BASE) as client:
        answer = client.get_online_features(["accounts:big", "accounts:text"], [{"account": account}])
    assert shown["features"] == answer.to_dict()
    assert shown["statuses"] == answer.statuses


@pytest.mark.parametrize(
    ("features", "entity"),
    [
        (["pairs:*"], "left_id=-9223372036854775808,right_id=9223372036854775807"),
        (["pairs:*"], "right_id=11, left_id=1"),
        (["days:visits"], "day=2024-01-01"),
        (["days:visits"], "day=9999-12-31"),
    ],
)
def test_keys_of_other_types_are_written_as_text(built_zoo, url, features, entity):
    answer = json.loads(look_up(built_zoo, url, features, entity).stdout)
    assert set(answer["statuses"]) == set(answer["features"])
    assert "NOT_FOUND" not in {status for column in answer["statuses"].values() for status in column}


def test_references_may_be_joined_by_commas(built_zoo, url):
    """As `training-set -f` takes them; the order stays."""
    joined = look_up(built_zoo, url, ["accounts:text,accounts:big", "accounts:wide"], "account=a")
    apart = look_up(built_zoo, url, ["accounts:text", "accounts:big", "accounts:wide"], "account=a")
    assert joined.exit_code == 0, joined.stderr
    assert joined.stdout == apart.stdout
    assert list(json.loads(joined.stdout)["features"])[1:] == ["text", "big", "wide"]


def test_commas_alone_are_wrong_usage(built_zoo, url):
    result = look_up(built_zoo, url, [","], "account=a")
    assert result.exit_code == 2
    assert "expected a service or VIEW:FEATURE, got ','" in result.stderr


def test_every_type_is_json(built_zoo, url):
    """All features of all accounts, wide integers digit for digit."""
    answer = look_up(built_zoo, url, ["accounts:*"], *(f"account={name}" for name in ACCOUNTS if name is not None))
    assert answer.exit_code == 0
    columns = json.loads(answer.stdout)["features"]
    assert {len(column) for column in columns.values()} == {len(ACCOUNTS) - 1}
    assert {abs(value) > 2**64 for value in columns["wide"] if value} >= {True}


def test_the_table_shows_value_status_and_time(built_zoo, url):
    shown = built_zoo.run(
        "get-online", "pairs:score", "-e", "left_id=1,right_id=2", "--as-of", BASE.isoformat(), url=url
    )
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert lines[0] == ["FEATURE", "VALUE", "STATUS", "EVENT", "TIMESTAMP"]
    assert lines[-1] == ["score", "-", "NOT_FOUND", "-"]


@pytest.mark.parametrize("entity", ["left_id", "=1", "left_id=1,2"])
def test_an_entity_that_is_no_pair_is_wrong_usage(built_zoo, url, entity):
    result = look_up(built_zoo, url, ["pairs:score"], entity)
    assert result.exit_code == 2
    assert "expected KEY=VALUE, several joined by commas" in result.stderr


@pytest.mark.parametrize("account", [account for account in ACCOUNTS if account is not None])
def test_an_entity_as_json_finds_what_text_finds(built_zoo, url, account):
    """So a value may hold a comma, and look like anything."""
    features = ["accounts:big", "accounts:text"]
    as_json = look_up(built_zoo, url, features, json.dumps({"account": account}))
    assert as_json.stdout == look_up(built_zoo, url, features, f"account={account}").stdout


def test_json_numbers_and_text_are_the_same_key(built_zoo, url):
    """Integers may be written either way, as their type is declared."""
    shown = [
        look_up(built_zoo, url, ["pairs:*"], entity).stdout
        for entity in ('{"left_id": 1, "right_id": 11}', '{"left_id": "1", "right_id": "11"}', "left_id=1,right_id=11")
    ]
    assert len(set(shown)) == 1
    assert "PRESENT" in shown[0]


def test_a_comma_in_a_value_is_part_of_it_in_json(built_zoo, url):
    answer = json.loads(look_up(built_zoo, url, ["accounts:text"], '{"account": "a,b=c"}').stdout)
    assert answer["features"]["account"] == ["a,b=c"]


@pytest.mark.parametrize("entity", ["{", '{"a": }', "{1: 2}"])
def test_json_that_is_none_is_wrong_usage(built_zoo, url, entity):
    result = look_up(built_zoo, url, ["pairs:score"], entity)
    assert result.exit_code == 2
    assert "expected a JSON object" in result.stderr


@pytest.mark.parametrize("features", [["pairs"], ["accounts:text", "pairs"], ["pairs@v1"]])
def test_a_views_bare_name_suggests_all_of_its_features(built_zoo, url, features):
    result = look_up(built_zoo, url, features, "left_id=1,right_id=11")
    assert (result.exit_code, result.stdout) == (5, "")
    assert f"Hint: It is a feature view: write '{features[-1]}:*' for all of its features" in result.stderr
