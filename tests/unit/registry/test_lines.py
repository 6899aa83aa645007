"""Claims about the line a finding has: where its key is written in YAML, as near as the file tells."""

from __future__ import annotations

import pytest

YAML = """\
# comment
models:
  - name: customers
  - name: orders
    config:
      meta:
        feature_view:
          entity: customer
          join_keys: [customer_id]
          ttl: {count: 1,
                period: days}
          freshness:
            warn_after: {count: 0, period: day}
    columns:
      - name: customer_id
        data_type: bigint
      - {name: ordered_at, data_type: timestamp}
    versions:
      - v: 1
      - v: 2
        config:
          meta:
            feature_view:
              entity: customer
"""


@pytest.fixture
def orders(declared, tmp_path):
    """The view in a YAML file of its own, with two durations that are none."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "orders.yml").write_text(YAML)
    declared.node = declared.view(
        ttl={"count": 1, "period": "days"}, freshness={"warn_after": {"count": 0, "period": "day"}}
    )
    declared.tests = [
        declared.data_test("not_null", column_name="customer_id")["unique_id"],
        declared.data_test("unique_feature_rows")["unique_id"],
    ]
    return declared


def lines(declared, **asked):
    return {finding.key: finding.line for finding in declared.checked(**asked)}


def test_it_is_the_line_of_the_key_however_deep(orders):
    assert lines(orders) == {
        "config.meta.feature_view.ttl.period": 11,
        "config.meta.feature_view.freshness.warn_after.count": 13,
    }


def test_of_a_key_that_is_absent_it_is_that_of_the_nearest_above(orders):
    for test in orders.tests:
        del orders.nodes[test]
    orders.node["config"]["meta"]["feature_view"] = {"entity": "customer", "join_keys": ["customer_id"]}
    assert lines(orders) == {"columns.customer_id.data_tests": 15, "data_tests": 4}
    orders.node["config"]["event_time"] = None
    assert lines(orders)["config.event_time"] == 5


@pytest.mark.parametrize(("version", "line"), [(1, 10), (2, 23)])
def test_a_version_is_looked_up_in_its_own_block_first(orders, version, line):
    """The block that a version writes replaces the model's, although the model's has the key as well."""
    orders.node.update(version=version, latest_version=2)
    del orders.node["config"]["meta"]["feature_view"]["freshness"]
    orders.node["config"]["meta"]["feature_view"]["ttl"] = "1 day"
    assert lines(orders) == {"config.meta.feature_view.ttl": line}


@pytest.mark.parametrize("text", [None, "models: [", "- 1", "", "\x00", "models:\n  - name: others\n"])
def test_a_file_that_does_not_tell_has_no_line_and_is_no_error(orders, tmp_path, text):
    path = tmp_path / "models" / "orders.yml"
    path.unlink() if text is None else path.write_text(text)
    assert set(lines(orders).values()) == {None}


def test_a_package_is_read_where_dbt_installs_it(orders, tmp_path):
    orders.node["package_name"] = "orders_package"
    assert set(lines(orders).values()) == {None}
    (tmp_path / "dbt_packages").mkdir()
    (tmp_path / "models").rename(tmp_path / "dbt_packages" / "models")
    (tmp_path / "dbt_packages" / "orders_package").mkdir()
    (tmp_path / "dbt_packages" / "models").rename(tmp_path / "dbt_packages" / "orders_package" / "models")
    assert set(lines(orders).values()) == {11, 13}


def test_a_macros_argument_is_in_the_sql_file(declared, tmp_path):
    """The block is recorded by the macro: the YAML that describes the model has nothing to mend."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "training.sql").write_text(
        "-- labels\n\n{{ featurectl.training_set(\n    features=[1],\n) }}"
    )
    declared.view()
    declared.training_set([1])
    (finding,) = [each for each in declared.checked() if each.severity == "error"]
    assert (finding.path, finding.line) == ("models/training.sql", 3)


def test_an_exposure_and_its_list_are_found(declared, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "services.yml").write_text(
        "exposures:\n  - name: service\n    config:\n      meta:\n        feature_service:\n"
        "          features:\n            - orders:n_raw_rows\n            - orders:nothing\n"
    )
    declared.view()
    declared.service({"features": ["orders:n_raw_rows", "orders:nothing"]}, parents=["model.shop.orders"])
    (finding,) = [each for each in declared.checked() if each.severity == "error"]
    assert finding.line == 8


def test_sql_is_found_in_the_models_text_but_for_case_and_white_space(declared, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "orders.sql").write_text(
        "-- a comment\nselect\n    customer_id,\n    random(\n    )  as n_raw_rows\nfrom {{ ref('raw') }}\n"
    )
    declared.view()["compiled_code"] = "select customer_id, random() as n_raw_rows from main.raw"
    (finding,) = [each for each in declared.checked() if each.rule == "leakage/random"]
    assert (finding.path, finding.line) == ("models/orders.sql", 4)


def test_sql_that_a_macro_wrote_has_no_line(declared, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "orders.sql").write_text("{{ chance() }}")
    declared.view()["compiled_code"] = "select customer_id, random() as n_raw_rows from main.raw"
    (finding,) = [each for each in declared.checked() if each.rule == "leakage/random"]
    assert finding.line is None
