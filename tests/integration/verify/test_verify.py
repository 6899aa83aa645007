"""`verify` finds every kind of damage, each caused here, and nothing where there is none; on every store."""

from __future__ import annotations

import json
import re

import pytest
from damage import get, put
from stored import contents
from zoo import BASE, HOUR, NAMESPACE

from featurectl.inspection import verify as module
from serving.format.rows import EMPTY_ARRAY


def row_key(entity="plain", view="accounts"):
    return f"{NAMESPACE}:{view}@0:{{{entity}}}"


def counts(found, feature=None):
    """Outcomes that happened."""
    outcomes = found["features"][feature] if feature else found["outcomes"]
    return {outcome: count for outcome, count in outcomes.items() if count}


@pytest.mark.parametrize("view", ["accounts", "pairs", "days"])
def test_what_was_just_published_is_equal(verify, view):
    """Views of every type, every entity and every feature; also as a sample, and in batches."""
    code, found = verify("--all", view=view)
    assert (code, found["succeeded"], found["scanned"]) == (0, True, True)
    assert set(counts(found)) == {"equal"}
    assert found["rows"] == counts(found)["equal"] >= 3
    assert all(counts(found, feature) == counts(found) for feature in found["features"])
    code, sampled = verify("--sample", "2", view=view)
    assert (code, sampled["rows"], sampled["scanned"]) == (0, 2, False)


def test_every_byte_of_a_row_counts(verify, published):
    """Any single byte flipped is found, in the header, in a value, in between: at 40 places of a row of every type."""
    row = get(published, row_key())
    for place in range(0, len(row), max(1, len(row) // 40)):
        damaged = bytearray(row)
        damaged[place] ^= 0x01
        put(published, row_key(), bytes(damaged))
        code, found = verify("--all")
        assert code == 1, place
        assert found["outcomes"]["equal"] == found["rows"] - 1, place
        assert found["differences"][0]["entity"] == "plain"


def test_a_changed_value_is_shown_with_both(verify, published):
    """Of one feature of one entity; the others are equal."""
    key = row_key("11|1", "pairs")
    row = get(published, key)
    put(published, key, row[:21] + b"\x92\xcd\x30\x39\xa1!")
    code, found = verify(view="pairs")
    assert code == 1
    assert counts(found, "score") == counts(found, "remark") == counts(found)
    assert found["outcomes"]["different"] == 1
    shown = {each["feature"]: each for each in found["differences"]}
    assert shown["score"]["online"] == 12345
    assert shown["score"]["expected"] != 12345
    assert (shown["remark"]["entity"], shown["remark"]["online"]) == ("11|1", "!")


def test_a_deleted_key_is_missing(verify, published):
    put(published, row_key(), None)
    code, found = verify("--all")
    assert code == 1
    assert (found["outcomes"]["missing"], counts(found, "big")["missing"]) == (1, 1)
    assert found["differences"][0]["outcome"] == "missing"


def test_an_older_row_is_stale(verify, published):
    """With an older created timestamp alone, too."""
    row = get(published, row_key())
    for place in (12, 20):
        older = bytearray(row)
        older[place] -= 1 if row[place] else -1
        put(published, row_key(), bytes(older))
        code, found = verify()
        assert code == 1
        is_older = bytes(older[5:21]) < row[5:21]
        assert found["outcomes"]["stale" if is_older else "different"] == 1
    put(published, row_key(), row[:5] + b"\x80" + bytes(15) + row[21:])
    code, found = verify()
    assert (code, found["outcomes"]["stale"], counts(found, "text")["stale"]) == (1, 1, 1)


def test_a_resurrected_tombstone_is_found(verify, published):
    """The row of an entity that is gone lives again."""
    stored = {key if isinstance(key, str) else key.decode(): row for key, row in contents(published).items() if not isinstance(key, tuple)}  # fmt: skip
    rows = {key: row for key, row in stored.items() if key.startswith(row_key("")[:-1])}
    tombstones = [key for key, row in rows.items() if row[21:] == EMPTY_ARRAY]
    living = next(row for row in rows.values() if row[21:] != EMPTY_ARRAY)
    assert tombstones
    put(published, tombstones[0], rows[tombstones[0]][:21] + living[21:])
    code, found = verify("--all")
    assert (code, found["outcomes"]["different"]) == (1, 1)
    (shown,) = found["differences"]
    assert shown["expected"].startswith("tombstone of ")
    assert shown["online"].startswith("row of ")


def test_a_key_that_the_warehouse_lacks_is_extra(verify, published):
    """Found by --all; a sample does not look. Keys of other views and namespaces are not taken for it."""
    row = get(published, row_key())
    put(published, row_key("stranger"), row)
    put(published, f"{NAMESPACE}:accounts@1:{{stranger}}", row)
    put(published, f"{NAMESPACE}x:accounts@0:{{stranger}}", row)
    assert verify()[0] == 0
    code, found = verify("--all")
    assert (code, found["outcomes"]["extra"], counts(found, "big")["extra"]) == (1, 1, 1)
    assert found["differences"][0]["entity"] == "stranger"


def test_rows_past_their_expiry_are_not_missing(verify, published):
    """Dropped by the store or not."""
    key = row_key("11|1", "pairs")
    code, found = verify("--all", view="pairs", as_of=BASE + 60 * HOUR)
    assert (code, found["expired"]) == (0, 0)
    put(published, key, None)
    code, found = verify("--all", view="pairs", as_of=BASE + 60 * HOUR)
    assert (code, found["expired"], set(counts(found))) == (0, 1, {"equal"})
    code, found = verify("--all", view="pairs")
    assert (code, found["outcomes"]["missing"]) == (1, 1)


def test_a_view_that_was_never_synced_is_told(verify):
    code, found = verify(view="misfits")
    assert (code, found["succeeded"], found["watermark"]) == (1, False, None)
    assert "expected the state of a sync that succeeded, got none" in found["problems"][0]


def test_what_was_not_compared_has_no_counts(zoo, published):
    result = zoo.run("verify", "--select", "misfits", url=published)
    head, problem = result.stdout.splitlines()
    assert head == "failed misfits: not compared"
    assert problem.endswith("publish it with `featurectl sync-online`")


def test_rows_of_other_features_are_told_to_be_that(zoo, published, tmp_path):
    """A feature that was added since the sync is missing in every row, which is no loss of rows."""
    older = zoo.copy_to(tmp_path)

    def drop(manifest):
        del manifest["nodes"]["model.zoo.pairs"]["columns"]["remark"]
        del manifest["nodes"]["model.zoo.training"]
        manifest["exposures"].clear()

    older.edit_manifest(drop)
    done = older.sync(BASE, "--accept-breaking", url=published)
    assert done.exit_code == 0, done.output
    result = zoo.run("verify", "--as-of", BASE.isoformat(), "--select", "pairs", url=published)
    count = re.search(r"^failed pairs: (\d+) entities", result.stdout)[1]
    said = f"  {count} of them written with other features than the manifest has: run `featurectl sync-online`"
    assert said in result.stdout.splitlines()
    result = zoo.run("verify", "--as-of", BASE.isoformat(), "--select", "pairs", "--json", url=published)
    assert json.loads(result.stdout)["other_features"] == int(count)


def test_a_sync_as_of_an_earlier_instant_leaves_nothing_to_complain_of(zoo, published, verify):
    """Newer rows stay online, and so does the watermark that they are compared at."""
    assert zoo.sync(BASE + 2 * HOUR, url=published).exit_code == 0
    assert zoo.sync(BASE, url=published).exit_code == 0
    code, found = verify("--all", view="accounts", as_of=BASE + 2 * HOUR)
    assert (code, set(counts(found))) == (0, {"equal"})


def test_text_names_the_first_ten_differing_entities(zoo, published):
    for entity in ("plain", "a", "b"):
        put(published, row_key(entity), None)
    arguments = ["verify", "--all", "--as-of", BASE.isoformat(), "--select", "tag:healthy"]
    result = zoo.run(*arguments, url=published)
    assert result.exit_code == 1
    assert "failed accounts: " in result.stdout
    assert "3 missing" in result.stdout
    assert re.search(
        r"^  plain: missing: expected row of \S+, known at \S+, online no row$", result.stdout, re.MULTILINE
    )
    assert "ok pairs: " in result.stdout


def test_an_embedded_store_that_is_not_there_is_not_made(zoo, tmp_path):
    url = f"sqlite://{tmp_path}/none/online.db"
    result = zoo.run("verify", "--as-of", BASE.isoformat(), url=url)
    assert result.exit_code in {1, 7}
    assert not (tmp_path / "none").exists()


def test_a_view_without_expiry_past_and_many_batches(verify, monkeypatch):
    """In batches of two rows the counts are the same."""
    before = verify("--all", view="days")[1]
    monkeypatch.setattr(module, "_BATCH", 2)
    after = verify("--all", view="days")[1]
    assert (before["outcomes"], before["features"]) == (after["outcomes"], after["features"])
