"""What an expert would write by hand for the same answers: the floors that the compiled SQL is held against."""

from __future__ import annotations

TTL_US = 30 * 86_400 * 1_000_000
WIDE = [f"w{column}" for column in range(10)]
NARROW = [f"n{column}" for column in range(5)]


def _ties(columns: list[str]) -> str:
    return ", ".join(f"{column} desc nulls last" for column in columns)


def duckdb_asof(views: dict[str, list[str]]) -> str:
    """Narrow ASOF first, wide columns of the matched rows after, a rank among those that tie only."""
    ctes, joins, columns = [], [], []
    for number, (table, features) in enumerate(views.items()):
        wanted = ", ".join(features)
        ctes.append(
            f"m{number} as materialized (select id, l.k, f.e from labels as l asof join (select k, e from {table}) as f "
            f"on l.k = f.k and l.t >= f.e where f.e >= l.t - interval 2592000 seconds), "
            f"w{number} as materialized (select f.k, f.e, {wanted} from (select distinct k, e from m{number}) as d "
            f"join {table} as f on d.k = f.k and d.e = f.e), "
            f"t{number} as (select k, e from w{number} group by k, e having count(*) > 1), "
            f"s{number} as (select * from w{number} anti join t{number} using (k, e) union all "
            f"select * from (select w{number}.* from w{number} semi join t{number} using (k, e)) "
            f"qualify row_number() over (partition by k, e order by {_ties(features)}) = 1), "
            f"x{number} as (select id, {wanted} from m{number} join s{number} using (k, e))"
        )
        joins.append(f"left join x{number} using (id)")
        columns.append(wanted)
    return f"with {', '.join(ctes)} select labels.*, {', '.join(columns)} from labels {' '.join(joins)}"


def duckdb_rank(views: dict[str, list[str]]) -> str:
    """The same with one rank over all matched rows, which is shorter."""
    ctes, joins, columns = [], [], []
    for number, (table, features) in enumerate(views.items()):
        wanted = ", ".join(features)
        ctes.append(
            f"m{number} as materialized (select id, l.k, f.e from labels as l asof join (select k, e from {table}) as f "
            f"on l.k = f.k and l.t >= f.e where f.e >= l.t - interval 2592000 seconds), "
            f"x{number} as (select id, {wanted} from m{number} as m join {table} as f on m.k = f.k and m.e = f.e "
            f"qualify row_number() over (partition by id order by {_ties(features)}) = 1)"
        )
        joins.append(f"left join x{number} using (id)")
        columns.append(wanted)
    return f"with {', '.join(ctes)} select labels.*, {', '.join(columns)} from labels {' '.join(joins)}"


def duckdb_cutoff() -> str:
    """Rows that can win by when they are visible, then as above."""
    wanted = ", ".join(WIDE)
    return (
        "with h as (select k, e, c, greatest(e, c) as a from wide), "
        "r as (select k, e, c, a from h qualify e = max(e) over (partition by k order by a, e, c rows unbounded preceding) "
        "and a is distinct from lead(a) over (partition by k order by a, e, c)), "
        "m as materialized (select id, l.k, r.e, r.c from labels as l asof join r on l.k = r.k and l.t >= r.a "
        "where r.e >= l.t - interval 2592000 seconds), "
        f"x as (select id, {wanted} from m join wide as f on m.k = f.k and m.e = f.e and m.c = f.c "
        f"qualify row_number() over (partition by id order by {_ties(WIDE)}) = 1) "
        f"select labels.*, {wanted} from labels left join x using (id)"
    )


def postgres_lateral() -> str:
    """Each label walks the index on (k, e) backwards to its row."""
    wide, narrow = ", ".join(WIDE), ", ".join(NARROW)
    return (
        f"select labels.*, {wide}, {narrow} from labels "
        f"left join lateral (select {wide} from wide as f where f.k = labels.k and f.e <= labels.t "
        f"and f.e >= labels.t - interval '2592000 seconds' order by f.e desc, {_ties(WIDE)} limit 1) as w on true "
        f"left join lateral (select {narrow} from narrow as f where f.k = labels.k and f.e <= labels.t "
        f"and f.e >= labels.t - interval '2592000 seconds' order by f.e desc, {_ties(NARROW)} limit 1) as n on true"
    )
