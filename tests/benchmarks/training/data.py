"""The benchmark's tables: histories with irregular times and ties, labels, all from one seed."""

from __future__ import annotations

YEAR_US = 31_536_000_000_000
START_US = 1_672_531_200_000_000  # 2023-01-01
KEYS = 100_000
TIMES = 100
LABELS = 1_000_000
NARROW_TIMES = 30


def statements(scale: float, *, history: float = 1.0, labels: float = 1.0) -> list[str]:
    """SQL (DuckDB's) that makes `wide` (10 columns), `narrow` (5 columns) and `labels`; 1 % of the rows tie on (k, e).

    Args:
        scale: 1 means 10 million wide rows, 3 million narrow rows and 1 million labels; keys scale with it.
        history: Times as many rows a key.
        labels: Times as many labels.
    """
    keys = int(KEYS * scale)
    random_us = f"{START_US} + (random() * {YEAR_US})::bigint"
    wide = ", ".join(
        [f"random() as w{column}" for column in range(4)]
        + [f"(random() * 1000)::bigint as w{column}" for column in range(4, 7)]
        + ["'s' || (random() * 1000)::bigint as w7", "'t' || (random() * 100000)::bigint as w8", "random() < 0.5 as w9"]
    )
    narrow = ", ".join(f"random() as n{column}" for column in range(5))
    tie = "replace (w0 + 1 as w0)"
    return [
        "select setseed(0.42)",
        (
            f"create table wide as select (i % {keys})::bigint as k, make_timestamp({random_us}) as e, null::timestamp as c, {wide} "
            f"from range({int(keys * TIMES * history)}) as rows(i)"
        ),
        f"insert into wide select * {tie} from wide using sample 1 percent (bernoulli, 7)",
        # Known up to two hours after the event; ties stay ties.
        "update wide set c = e + to_microseconds((hash(k, e) % 7200000000)::bigint)",
        (
            f"create table narrow as select (i % {keys})::bigint as k, make_timestamp({random_us}) as e, {narrow} "
            f"from range({int(keys * NARROW_TIMES * history)}) as rows(i)"
        ),
        (
            f"create table labels as select i as id, (random() * {keys})::bigint as k, make_timestamp({random_us}) as t, "
            f"random() < 0.1 as label from range({int(LABELS * scale * labels)}) as rows(i)"
        ),
    ]
