"""Whatever is wrong with a call of training_set stops compilation with one message: where, expected, got, hint."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from consumer import install

CALL = "{{{{ featurectl.training_set(spine={spine}, event_timestamp={at}, features={features}{more}) }}}}"

# Name -> (what the call changes, what the message says)
CASES = {
    "no_features": ({"features": "[]"}, "`features`: expected a non-empty list, got []"),
    "features_as_text": (
        {"features": "'pairs:score'"},
        "`features`: expected a non-empty list, got 'pairs:score'. Hint: write features=[...]",
    ),
    "no_colon": (
        {"features": "['pairs']"},
        "expected a reference view:feature, got 'pairs'. Hint: write 'view:feature'",
    ),
    "empty_feature": ({"features": "['pairs:']"}, "expected a reference view:feature, got 'pairs:'"),
    "number_as_item": (
        {"features": "[7]"},
        "expected a reference 'view:feature' or a mapping with the key 'view', got 7",
    ),
    "unknown_feature": (
        {"features": "['pairs:scores']"},
        "expected a feature of pairs, got 'scores'. Hint: there is: score",
    ),
    "key_as_feature": ({"features": "['pairs:left_id']"}, "expected a feature of pairs, got 'left_id'"),
    "excluded_feature": ({"features": "['readings:batch']"}, "expected a feature of readings, got 'batch'"),
    "no_feature_view": ({"features": "['spine:label']"}, "expected one feature view, got 'spine' (0 found)"),
    "bad_version": ({"features": "['pairs@two:score']"}, "expected a feature view as name or name@v2, got 'pairs@two'"),
    "unknown_key_of_item": (
        {"features": "[{'view': 'pairs', 'prefixes': 'a_'}]"},
        "expected the keys view, features, join_keys, prefix, package, got 'prefixes'. Hint: did you mean prefix?",
    ),
    "join_key_the_view_lacks": (
        {"features": "['pairs:score']", "more": ", join_keys={'left': 'left_id'}"},
        "expected a join key of one of its views, got 'left'",
    ),
    "clashing_names": (
        {"features": "['pairs:score', {'view': 'pairs', 'features': ['score'], 'join_keys': {'left_id': 'right_id'}}]"},
        "expected output names that are all different, got 'score' from both pairs:score and pairs:score. Hint: give one of them a prefix",
    ),
    "no_event_timestamp": ({"at": "''"}, "`event_timestamp`: expected the name of a column, got ''"),
    "cutoff_as_text": ({"more": ", known_at_cutoff='no'"}, "`known_at_cutoff`: expected true or false, got 'no'"),
    "spine_without_the_timestamp": (
        {"spine": "ref('typed_spine')", "at": "'observed'"},
        "`event_timestamp`: expected a column of the spine typed_spine, got 'observed'. Hint: there is: observed_at",
    ),
    "spine_without_the_key": (
        {"spine": "ref('typed_spine')", "features": "['constants:height']"},
        "`join_keys`: expected a column of the spine typed_spine, got 'place'",
    ),
    "spine_with_a_key_of_another_type": (
        {
            "spine": "ref('typed_spine')",
            "features": "['pairs:score']",
            "more": ", join_keys={'left_id': 'origin', 'right_id': 'sensor_id'}",
        },
        "`join_keys`: expected pairs.left_id (bigint) and origin of the spine to have types of one kind, got varchar",
    ),
    "spine_with_text_as_timestamp": (
        {"spine": "ref('typed_spine')", "at": "'origin'", "features": "['readings:level']"},
        "`event_timestamp`: expected a date or timestamp, got origin of type varchar",
    ),
    "clash_with_the_spine": (
        {"spine": "ref('typed_spine')", "features": "['readings:label']"},
        "expected output names that are all different, got 'label' from both the spine and readings:label",
    ),
    "no_spine": ({"spine": "none"}, "`spine`: expected a relation, the name of a CTE, or SQL text, got None"),
    "empty_spine": ({"spine": "' ; '"}, "`spine`: expected a relation, the name of a CTE, or SQL text, got ' ; '"),
    "number_as_view": ({"features": "[{'view': 5}]"}, "expected a feature view as name or name@v2, got 5"),
    "list_as_join_keys": ({"more": ", join_keys=['left_id']"}, "`join_keys`: expected a mapping, got ['left_id']"),
    "text_as_join_keys_of_item": (
        {"features": "[{'view': 'pairs', 'join_keys': 'left_id'}]"},
        "`join_keys`: expected a mapping, got 'left_id'",
    ),
    "second_call": (
        {
            "more": ") }} union all {{ featurectl.training_set(spine='spine', event_timestamp='observed_at', features=['pairs:remark']"
        },
        "training_set: expected one call a model, got another call in case_second_call",
    ),
    "absent_view": ({"features": "['pears:score']"}, "depends on a node named 'pears' which was not found"),
    "ttl_as_number": (
        {"features": "['number_ttl:score']"},
        "feature view number_ttl: ttl: expected {count: <positive integer>",
    ),
    "no_contract": (
        {"features": "['loose:score']"},
        "feature view loose: columns: expected an enforced contract, got none",
    ),
    "zero_ttl": (
        {"features": "['broken_ttl:score']"},
        "feature view broken_ttl: ttl: expected {count: <positive integer>",
    ),
    "no_event_time": (
        {"features": "['broken_time:score']"},
        "feature view broken_time: config.event_time: expected the name",
    ),
}

VIEW = (
    "config: {{contract: {{enforced: true}}, {time}meta: {{feature_view: {{entity: e, join_keys: [left_id]{more}}}}}}}"
)
BROKEN = f"""
models:
  - name: broken_ttl
    {VIEW.format(time="event_time: event_at, ", more=", ttl: {count: 0, period: day}")}
    columns: &columns
      - {{name: left_id, data_type: bigint}}
      - {{name: event_at, data_type: timestamp}}
      - {{name: score, data_type: bigint}}
  - name: broken_time
    {VIEW.format(time="", more="")}
    columns: *columns
  - name: number_ttl
    {VIEW.format(time="event_time: event_at, ", more=", ttl: 0")}
    columns: *columns
  - name: loose
    {VIEW.format(time="event_time: event_at, ", more="").replace("enforced: true", "enforced: false")}
    columns: *columns
  - name: typed_spine
    config: {{contract: {{enforced: true}}}}
    columns:
      - {{name: sensor_id, data_type: bigint}}
      - {{name: origin, data_type: varchar}}
      - {{name: label, data_type: boolean}}
      - {{name: observed_at, data_type: timestamp}}
"""


# Runs every case in one process, where only the first parse is slow; prints {case: message}.
DRIVER = """
import json, pathlib, sys
from dbt.cli.main import dbtRunner

messages, runner = {}, dbtRunner()
for name, sql in json.load(sys.stdin).items():
    path = pathlib.Path(f"models/bad/case_{name}.sql")
    path.write_text(sql)
    done = runner.invoke(["--quiet", "--log-level", "none", "compile", "--select", f"case_{name}"])
    found = done.exception or [result.message for result in done.result.results if result.message]
    messages[name] = " ".join(str(found).split())
    path.unlink()
print(json.dumps(messages))
"""


@pytest.fixture(scope="module")
def messages(tmp_path_factory) -> dict[str, str]:
    """What dbt says of every case."""
    project = install(tmp_path_factory.mktemp("bad_input"))
    folder = project.project_dir / "models" / "bad"
    folder.mkdir()
    (folder / "broken.yml").write_text(BROKEN)
    for name in ("broken_ttl", "broken_time", "number_ttl", "loose"):
        (folder / f"{name}.sql").write_text(
            "select 1::bigint as left_id, timestamp '2024-01-01' as event_at, 1::bigint as score"
        )
    (folder / "typed_spine.sql").write_text(
        "select 1::bigint as sensor_id, 'a' as origin, true as label, timestamp '2024-01-01' as observed_at"
    )
    sql = {
        name: CALL.format(
            **{"spine": "ref('spine')", "at": "'observed_at'", "features": "['pairs:score']", "more": ""} | changes
        )
        for name, (changes, _) in CASES.items()
    }
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(sql),
        cwd=project.project_dir,
        env=os.environ | project.environment,
        capture_output=True,
        text=True,
        timeout=1200,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_call_stops_compilation_with_one_message(messages, name):
    _, expected = CASES[name]
    assert expected in messages[name]
