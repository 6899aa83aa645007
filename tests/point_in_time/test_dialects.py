"""The window form, as the engines that are not at hand would get it: each one's own SQL, parsed in its dialect."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from sqlglot import ErrorLevel, exp, parse_one


class Words(NamedTuple):
    """How an engine names the contract's types, says UTC microseconds of a spine's time, and quotes a name."""

    string: str
    double: str
    timestamp: str
    microseconds: str
    quote: str = '"'


SPINE_TIME = 'pit_spine."observed_at"'
SPARK = (
    "case when typeof({0}) = 'timestamp' then unix_micros(cast({0} as timestamp_ltz)) "
    "else (cast({0} as timestamp_ntz) - timestamp_ntz'1970-01-01 00:00:00') div interval '0.000001' second end"
)
ENGINES = {
    "snowflake": Words("varchar", "double", "timestamp_ntz", "date_part(epoch_microsecond, {0})"),
    "bigquery": Words("string", "float64", "datetime", "unix_micros(timestamp({0}))", quote="`"),
    "databricks": Words("string", "double", "timestamp_ntz", SPARK, quote="`"),
    "spark": Words("string", "double", "timestamp_ntz", SPARK, quote="`"),
    "redshift": Words(
        "varchar", "double precision", "timestamptz", "datediff(microsecond, timestamp '1970-01-01 00:00:00', {0})"
    ),
    "trino": Words(
        "varchar", "double", "timestamp(6) with time zone", "cast(round(to_unixtime({0}) * 1000000) as bigint)"
    ),
}
COUNTED = (exp.Max, exp.Sum, exp.FirstValue)
UP_TO_HERE = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"


LATEST = ["latest_readings", "latest_pairs", "latest_constants", "latest_readings_now"]
ROLLING = ["rolling_readings", "rolling_labels", "rolling_pairs", "rolling_remarks"]
GRIDS = ["readings_spine", "pairs_spine"]
SERIES = {
    "snowflake": "lateral flatten(input => array_generate_range(",
    "bigquery": "cross join unnest(generate_array(",
    "databricks": "sequence(grid_first_us, grid_last_us",
    "spark": "sequence(grid_first_us, grid_last_us",
    "trino": "then sequence(grid_first_us, grid_last_us",
}


@pytest.fixture(scope="module", params=ENGINES)
def rendered(request, consumer):
    """(dialect, model to SQL), as dbt compiles it under --warn-error."""
    dialect, words = request.param, ENGINES[request.param]
    types = {"string_type": words.string, "double_type": words.double, "timestamp_type": words.timestamp}
    project = replace(consumer, variables={**types, "dialect": dialect, "window_form": True})
    models = ["training", *LATEST, "split_spine", *([] if dialect == "redshift" else ROLLING + GRIDS)]
    project.dbt("--warn-error", "compile", "--select", *models)
    folder = project.project_dir / "target" / "compiled" / "consumer" / "models"
    found = {path.stem: path.read_text().replace('"', words.quote) for path in folder.rglob("*.sql")}
    return dialect, {model: found[model] for model in models}


def parsed(sql: str, dialect: str) -> exp.Expression:
    """The tree; a construct that the dialect does not have raises."""
    tree = parse_one(sql, dialect=dialect, error_level=ErrorLevel.RAISE)
    tree.sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE)
    return tree


@pytest.fixture
def training(rendered):
    """(dialect, SQL, parsed) of the model `training`."""
    dialect, models = rendered
    return dialect, models["training"], parsed(models["training"], dialect)


def test_times_are_read_in_the_engines_own_words(training):
    dialect, sql, _ = training
    words = ENGINES[dialect]
    assert words.microseconds.format(SPINE_TIME.replace('"', words.quote)) in sql
    assert not [foreign for foreign in ("epoch_us(", "extract(epoch", " collate ") if foreign in sql]


def test_a_declared_zone_is_honoured_on_redshift(training):
    dialect, sql, _ = training
    assert ("(feature_rows.\"event_at\" at time zone 'UTC')" in sql) == (dialect == "redshift")


def test_each_view_is_one_pass_of_windows_that_say_their_frames(training):
    """Running maximum, sum and first value, up to the current row; neighbours without a frame; ties with nulls first."""
    windows = list(training[2].find_all(exp.Window))
    assert {type(window.this) for window in windows} == {*COUNTED, exp.Lag}
    for window in windows:
        assert window.args["partition_by"]
        frame = window.args["spec"].sql().upper() if window.args.get("spec") else None
        assert frame == (UP_TO_HERE if isinstance(window.this, COUNTED) else None)
        ties = [term for term in window.args["order"].expressions if "pit_tie" in term.sql()]
        assert ties
        assert all(term.args["nulls_first"] and not term.args.get("desc") for term in ties)


def test_no_join_grows_as_spine_times_history(training):
    """The joins are those of four lists of winners to the spine, on equal keys and times alone."""
    _, _, tree = training
    joins = list(tree.find_all(exp.Join))
    assert [(join.side, join.kind, join.method) for join in joins] == [("LEFT", "", "")] * 4
    for join in joins:
        terms = list(join.args["on"].flatten()) if isinstance(join.args["on"], exp.And) else [join.args["on"]]
        assert {type(term) for term in terms} == {exp.EQ}
    assert not list(tree.find_all(exp.Lateral, exp.Qualify))


def test_a_default_with_a_quote_is_the_same_text_everywhere(training):
    assert "none's" in {literal.this for literal in training[2].find_all(exp.Literal) if literal.is_string}


def test_the_newest_rows_are_one_rank_over_the_view(rendered):
    """`latest`: one window a view, ranked by times in the engine's own words, and no join but to the clock."""
    dialect, models = rendered
    for model in LATEST:
        tree = parsed(models[model], dialect)
        assert [type(window.this) for window in tree.find_all(exp.Window)] == [exp.RowNumber]
        assert [join.kind for join in tree.find_all(exp.Join)] == ["CROSS"]


def test_a_grid_is_a_series_in_the_engines_own_words(rendered):
    """`spine_from`: unnested once an entity, never a join that grows with the rows."""
    dialect, models = rendered
    for model in GRIDS if dialect in SERIES else []:
        parsed(models[model], dialect)
        assert SERIES[dialect] in models[model]


def test_rolling_windows_are_ranges_of_microseconds(rendered):
    """`rolling_window`: bounded to the longest window, and no DISTINCT inside a window."""
    dialect, models = rendered
    for model in ROLLING if dialect != "redshift" else []:
        tree = parsed(models[model], dialect)
        frames = {
            window.args["spec"].args["kind"].upper() for window in tree.find_all(exp.Window) if window.args.get("spec")
        }
        assert frames == {"RANGE"}
        assert not [window for window in tree.find_all(exp.Window) if window.find(exp.Distinct)]


def test_splits_parse_everywhere(rendered):
    dialect, models = rendered
    assert len(list(parsed(models["split_spine"], dialect).find_all(exp.Case))) >= 7


@pytest.mark.parametrize("model", GRIDS)
def test_redshift_says_that_it_has_no_series(consumer, model):
    project = replace(consumer, variables={"dialect": "redshift"})
    done = project.dbt("compile", "--select", model, check=False)
    assert done.returncode
    assert "spine_from: expected an adapter with series of numbers" in done.stdout
    assert "write the spine as a model of its own" in done.stdout
