"""Wrong versions of the macros, each a small slip, that some test must notice."""

from __future__ import annotations

from typing import NamedTuple

ASOF = "macros/_internal/_winners_by_asof.sql"
WINDOW = "macros/_internal/_winners_by_window.sql"
LATERAL = "macros/_internal/_winners_by_lateral.sql"
PARTS = "macros/_internal/_join_parts.sql"
WINNERS = "macros/_internal/_winners.sql"
EPOCH = "macros/_internal/_epoch_us.sql"
CALL = "macros/training_set.sql"
LATEST = "macros/latest.sql"
GRID = "macros/_internal/_grid.sql"
SETTLED = "macros/_internal/_rolling_settled.sql"
VERSIONS = "macros/_internal/_rolling_versions.sql"
SPLIT = "macros/split.sql"
BY_TIME = "macros/split_by_time.sql"
LITERAL = "macros/_internal/_literal.sql"


class Mutant(NamedTuple):
    """One slip.

    Attributes:
        form: The form that must notice, as test_oracle names it; or a test file, run whole.
        path: The macro file.
        old: What stands there, exactly once.
        new: What the slip makes of it.
    """

    form: str
    path: str
    old: str
    new: str


_PEERS = """
                partition by {{ key_list }}
                order by pit_visible_us, pit_event_us, pit_created_us"""

MUTANTS = [
    # ASOF
    Mutant(
        "duckdb: asof",
        ASOF,
        "instants.pit_spine_us >= candidates.pit_visible_us",
        "instants.pit_spine_us > candidates.pit_visible_us",
    ),
    Mutant("duckdb: asof", ASOF, "candidates.pit_event_us >= instants", "candidates.pit_event_us > instants"),
    Mutant("duckdb: asof", ASOF, "pit_spine_us - {{ view.ttl", "pit_spine_us + {{ view.ttl"),
    Mutant("duckdb: asof", ASOF, "greatest(pit_event_us, pit_created_us)", "least(pit_event_us, pit_created_us)"),
    Mutant("duckdb: asof", ASOF, "greatest(pit_event_us, pit_created_us)", "pit_created_us"),
    Mutant("duckdb: asof", ASOF, "pit_event_us = max(pit_event_us)", "pit_event_us >= min(pit_event_us)"),
    Mutant("duckdb: asof", ASOF, "lead(pit_visible_us)", "lag(pit_visible_us)"),
    Mutant("duckdb: asof", ASOF, "is distinct from lead(pit_visible_us)", "is not distinct from lead(pit_visible_us)"),
    Mutant(
        "duckdb: asof",
        ASOF,
        f"lead(pit_visible_us) over ({_PEERS}",
        f"lead(pit_visible_us) over ({_PEERS.replace('pit_event_us, ', 'pit_event_us desc, ')}",
    ),
    Mutant("duckdb: asof", ASOF, "            and instants.{{ key.alias }} = candidates.{{ key.alias }}\n", ""),
    Mutant(
        "duckdb: asof",
        ASOF,
        "            and matches.{{ key.alias }} = feature_rows.{{ adapter.quote(key.view_column) }}\n",
        "",
    ),
    Mutant(
        "duckdb: asof",
        ASOF,
        "            on matches.pit_event_us = {{ event_us }}",
        "            on matches.pit_event_us >= {{ event_us }}",
    ),
    Mutant("duckdb: asof", ASOF, "            and matches.pit_created_us = {{ created_us }}", "            and true"),
    Mutant("duckdb: asof", ASOF, "        ) = 1", "        ) = 2"),
    Mutant("duckdb: asof", ASOF, "created_us if view.created_timestamp and not cuts else none", "none"),
    Mutant("duckdb: asof", ASOF, "where pit_is_tombstone is distinct from true", "where true"),
    Mutant("duckdb: asof", ASOF, "where pit_is_tombstone is distinct from true", "where pit_is_tombstone = false"),
    Mutant(
        "duckdb: asof",
        ASOF,
        "known_at_cutoff and view.created_timestamp is not none",
        "view.created_timestamp is not none",
    ),
    Mutant("duckdb: asof", ASOF, "known_at_cutoff and view.created_timestamp is not none", "false"),
    # What all forms share
    Mutant("duckdb: asof", PARTS, " desc nulls last') %}\n    {% endfor %}", " asc nulls last') %}\n    {% endfor %}"),
    Mutant(
        "duckdb: asof", PARTS, " desc nulls last') %}\n    {% endfor %}", " desc nulls first') %}\n    {% endfor %}"
    ),
    Mutant("duckdb: asof", PARTS, "' is null then ' ~ event_us ~ ' else '", "' is null then null else '"),
    Mutant("duckdb: asof", PARTS, ".pit_spine_us is null then '", ".pit_spine_us is not null then '"),
    Mutant("duckdb: asof", PARTS, "columns | sort(attribute='position')", "columns"),
    Mutant("duckdb: asof", PARTS, "'spine_column': spine_column}", "'spine_column': view_column}"),
    Mutant("duckdb: asof", PARTS, "[{'name': view.tombstone, 'data_type': 'boolean'}] if view.tombstone else []", "[]"),
    Mutant("duckdb: asof", WINNERS, "    left join pit_winners_{{ n }}", "    inner join pit_winners_{{ n }}"),
    Mutant("duckdb: asof", WINNERS, "        on {{ spine_us }} = pit_winners_{{ n }}.pit_spine_us", "        on true"),
    # Window
    Mutant("duckdb: window", WINDOW, "0 as pit_is_spine", "2 as pit_is_spine"),
    Mutant("duckdb: window", WINDOW, "            and pit_is_repeat = 0\n", ""),
    Mutant("duckdb: window", WINDOW, "pit_event_us = max(pit_event_us)", "pit_event_us >= min(pit_event_us)"),
    Mutant("duckdb: window", WINDOW, "'greatest(' ~ event_us", "'least(' ~ event_us"),
    Mutant("duckdb: window", WINDOW, "and pit_winner_us >= pit_spine_us", "and pit_winner_us > pit_spine_us"),
    Mutant("duckdb: window", WINDOW, "nulls first{% endfor %}", "nulls last{% endfor %}"),
    Mutant("duckdb: window", WINDOW, "coalesce(pit_is_tombstone, false) = false", "1 = 1"),
    Mutant("duckdb: window", WINDOW, "where pit_is_spine = 1", "where pit_is_spine >= 0"),
    # LATERAL
    Mutant("postgres: lateral", LATERAL, "where {{ column }} <= {{", "where {{ column }} < {{"),
    Mutant("postgres: lateral", LATERAL, "and {{ column }} >= {{", "and {{ column }} > {{"),
    Mutant("postgres: lateral", LATERAL, "'<= ' ~ spine_us if known_at_cutoff", "'< ' ~ spine_us if known_at_cutoff"),
    Mutant("postgres: lateral", LATERAL, "'<= ' ~ spine_us if known_at_cutoff else 'is not null'", "'is not null'"),
    Mutant("postgres: lateral", LATERAL, "            {{ column }} desc,", "            {{ column }} asc,"),
    Mutant("postgres: lateral", LATERAL, "        limit 1\n", "        limit 2\n"),
    Mutant(
        "postgres: lateral",
        LATERAL,
        "is distinct from true' if view.tombstone",
        "is distinct from false' if view.tombstone",
    ),
    Mutant("postgres: lateral", LATERAL, "    left join lateral (", "    inner join lateral ("),
    Mutant("postgres: lateral", LATERAL, "_tie_order(view, created_us)", "_tie_order(view)"),
    # Noticed by other tests
    Mutant(
        "tests/point_in_time/test_batches.py",
        CALL,
        "featurectl._ref_view(item).render()",
        "featurectl._ref_view(item) | string",
    ),
    Mutant(
        "tests/point_in_time/test_edges.py",
        EPOCH,
        "~ expression ~ ' < make_timestamp(' ~ truncated ~ ') then 1",
        "~ expression ~ ' < make_timestamp(' ~ truncated ~ ') then 0",
    ),
    Mutant("tests/point_in_time/test_edges.py", LATERAL, "            and {{ column }} > '-infinity'\n", ""),
    Mutant(
        "tests/point_in_time/test_edges.py",
        EPOCH,
        "'case when isfinite(' ~ expression ~ ') then (extract(epoch from ' ~ expression ~ ') * 1000000)::bigint end'",
        "'(extract(epoch from ' ~ expression ~ ') * 1000000)::bigint'",
    ),
    # The other macros, each held by its own file of tests
    Mutant(
        "tests/point_in_time/test_latest.py",
        LATEST,
        "where {{ event_us }} <= latest_clock",
        "where {{ event_us }} < latest_clock",
    ),
    Mutant(
        "tests/point_in_time/test_latest.py",
        LATEST,
        "and {{ event_us }} >= latest_clock",
        "and {{ event_us }} > latest_clock",
    ),
    Mutant(
        "tests/point_in_time/test_latest.py",
        LATEST,
        "and {{ created_us }} <= latest_clock",
        "and {{ created_us }} < latest_clock",
    ),
    Mutant("tests/point_in_time/test_latest.py", LATEST, "{{ event_us }} desc", "{{ event_us }} asc"),
    Mutant("tests/point_in_time/test_latest.py", LATEST, "is distinct from true", "is not null"),
    Mutant("tests/point_in_time/test_spine_from.py", GRID, "'min(' ~ visible_us ~ ')'", "'min(' ~ event_us ~ ')'"),
    Mutant("tests/point_in_time/test_spine_from.py", GRID, "'max(' ~ visible_us ~ ')'", "'min(' ~ visible_us ~ ')'"),
    Mutant(
        "tests/point_in_time/test_spine_from.py",
        GRID,
        "mod({{ step_us }} - mod(",
        "mod({{ step_us }} + mod(",
    ),
    Mutant(
        "tests/point_in_time/test_rolling_window.py",
        SETTLED,
        "(window_us - 1) ~ ' preceding",
        "window_us ~ ' preceding",
    ),
    Mutant(
        "tests/point_in_time/test_rolling_window.py",
        SETTLED,
        "max(rolling_created_us) over",
        "min(rolling_created_us) over",
    ),
    Mutant(
        "tests/point_in_time/test_rolling_window.py",
        VERSIONS,
        "events.rolling_event_us <= anchors",
        "events.rolling_event_us < anchors",
    ),
    Mutant(
        "tests/point_in_time/test_rolling_window.py",
        VERSIONS,
        "events.rolling_event_us > anchors",
        "events.rolling_event_us >= anchors",
    ),
    Mutant(
        "tests/point_in_time/test_rolling_window.py",
        VERSIONS,
        "greatest(anchors.rolling_created_us, events.rolling_created_us)",
        "events.rolling_created_us",
    ),
    Mutant("tests/point_in_time/test_split.py", SPLIT, "so_far.weight + weight", "weight"),
    Mutant(
        "tests/point_in_time/test_split.py",
        BY_TIME,
        "when {{ at }} < {{ bounds[0] }}",
        "when {{ at }} <= {{ bounds[0] }}",
    ),
    Mutant(
        "tests/point_in_time/test_split.py",
        BY_TIME,
        "when {{ at }} >= {{ bound + embargo_us }}",
        "when {{ at }} > {{ bound + embargo_us }}",
    ),
    Mutant(
        "tests/point_in_time/test_odd_names.py",
        LITERAL,
        "featurectl._utc_text(text, featurectl._is_zoned(data_type))",
        "text",
    ),
]
