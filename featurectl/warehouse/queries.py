"""The queries on a feature view, built with sqlglot for any dialect: what it holds, what changed, its newest rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from featurectl.registry import Column, FeatureView
    from featurectl.warehouse.base import Part

RANK = "featurectl_rank"
# Before every timestamp an engine knows, so that division by a width never sees a negative number.
BUCKETS_START_US = -(10**18)


class Dialect(Protocol):
    """What the engines spell differently.

    Attributes:
        name: sqlglot's name of it.
    """

    name: str

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """UTC microseconds since 1970 of a date or timestamp; null for null and infinite ones; nanoseconds floored."""
        ...

    def row_number_of(self, values: Sequence[exp.Expression]) -> exp.Expression:
        """A 64-bit number that another list of values (of any types, nulls among them) is most unlikely to have."""
        ...

    def sortable(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """A value as all engines sort it: text by code point."""
        ...


def rows(view: FeatureView) -> exp.Select:
    """One row: how many rows there are."""
    return exp.select(exp.Count(this=exp.Star())).from_(_table(view))


def null_keys(view: FeatureView) -> exp.Select:
    """One row: how many rows have a null among their join keys."""
    is_null = exp.or_(*(_column(key).is_(exp.null()) for key in view.join_keys))
    return rows(view).where(is_null)


def stock(view: FeatureView, dialect: Dialect, now_us: int, *, has_null_keys: bool = True) -> exp.Select:
    """One row: all rows, due rows, rows with a null key, the greatest a of the due ones.

    Args:
        has_null_keys: False spares reading the keys, where it is known that none is null.
    """
    event, created = _times(view, dialect)
    keys = view.join_keys if has_null_keys else ()
    is_due = exp.and_(*_is_due(keys, event, created, now_us))
    due = exp.case().when(is_due, _known(event, created))
    null_key = exp.or_(*(_column(key).is_(exp.null()) for key in keys)) if keys else exp.false()
    return exp.select(
        exp.Count(this=exp.Star()),
        exp.Count(this=due.copy()),
        exp.Count(this=exp.case().when(null_key, _integer(1))),
        exp.Max(this=due.copy()),
    ).from_(_table(view))


def newest_load(view: FeatureView, dialect: Dialect, clock_us: int | None = None) -> exp.Select:
    """The greatest load time of any row, in microseconds; with a clock, of those that are not later than it.

    Without one an engine answers from what it knows of the column, but infinite times and those to come hide the others.
    """
    assert view.loaded_at is not None  # noqa: S101 - for views with one
    if clock_us is None:
        greatest = dialect.micros(exp.Max(this=_column(view.loaded_at)), view.loaded_at.data_type)
        return exp.select(greatest).from_(_table(view))
    loaded = _loaded(view, dialect)
    return exp.select(exp.Max(this=loaded)).from_(_table(view)).where(loaded.copy() <= _integer(clock_us))


def loads(
    view: FeatureView,
    dialect: Dialect,
    now_us: int,
    until_us: int,
    since_us: int,
    known_by_us: int,
    *,
    has_null_keys: bool = True,
) -> exp.Select:
    """The stock, then the rows before a load time, before another, and those of the second or before it that waited till now."""
    event, created = _times(view, dialect)
    loaded = _loaded(view, dialect)
    waiting = [
        *_is_due(view.join_keys if has_null_keys else (), event, created, now_us),
        _known(event, created) > _integer(known_by_us),
        loaded.copy() <= _integer(since_us),
    ]
    conditions = [loaded.copy() < _integer(until_us), loaded.copy() < _integer(since_us), exp.and_(*waiting)]
    counts = [exp.Count(this=exp.case().when(condition, _integer(1))) for condition in conditions]
    return stock(view, dialect, now_us, has_null_keys=has_null_keys).select(*counts)


def load_total(view: FeatureView, dialect: Dialect, loaded_us: int) -> exp.Select:
    """The sum of the numbers of the rows loaded at an instant; null for none."""
    is_of_load = _loaded(view, dialect).eq(_integer(loaded_us))
    return exp.select(exp.Sum(this=_row_number(view, dialect))).from_(_table(view)).where(is_of_load)


def bucket_start(bucket: int, width_us: int) -> int:
    """Where a stretch of `digests` begins, UTC microseconds since 1970."""
    return BUCKETS_START_US + bucket * width_us


def digests(view: FeatureView, dialect: Dialect, now_us: int, width_us: int, bounds_us: Sequence[int]) -> exp.Select:
    """Bucket, rank among the bounds, and sum of the numbers of the due rows with a <= the last bound."""
    event, created = _times(view, dialect)
    known = _known(event, created)
    rank = exp.case()
    for index, bound in enumerate(bounds_us):
        rank = rank.when(exp.LTE(this=known.copy(), expression=_integer(bound)), _integer(index))
    shifted = exp.paren(exp.Sub(this=known.copy(), expression=_integer(BUCKETS_START_US)))
    return (
        exp.select(
            exp.alias_(exp.IntDiv(this=shifted, expression=_integer(width_us)), "bucket", quoted=True),
            exp.alias_(rank, "rank", quoted=True),
            exp.alias_(exp.Sum(this=_row_number(view, dialect)), "total", quoted=True),
        )
        .from_(_table(view))
        .where(*_is_due(view.join_keys, event, created, now_us))
        .where(exp.LTE(this=known.copy(), expression=_integer(bounds_us[-1])))
        .group_by(exp.Literal.number(1), exp.Literal.number(2))
    )


def repeated_entity(
    view: FeatureView, dialect: Dialect, now_us: int, part: Part | None = None, *, among: int | None = None
) -> exp.Select:
    """One row where an entity has several due rows, none where each has one.

    Args:
        among: Look at no more than so many of them, whichever they are; then none says nothing.
    """
    event, created = _times(view, dialect)
    is_wanted = [*_is_due(view.join_keys, event, created, now_us), *_is_in(part, view, dialect, event, created)]
    looked_at = exp.select(*map(_column, view.join_keys)).from_(_table(view)).where(*is_wanted)
    if among is not None:
        looked_at = looked_at.limit(among)
    return (
        exp.select(exp.Literal.number(1))
        .from_(looked_at.subquery("looked_at"))
        .group_by(*map(_column, view.join_keys))
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)))
        .limit(1)
    )


def due_rows(view: FeatureView, dialect: Dialect, now_us: int, part: Part | None = None) -> exp.Select:
    """What `latest_rows` gives where no entity has several due rows."""
    event, created = _times(view, dialect)
    return (
        exp.select(*_named(view, event, created))
        .from_(_table(view))
        .where(*_is_due(view.join_keys, event, created, now_us), *_is_in(part, view, dialect, event, created))
    )


def latest_rows(
    view: FeatureView, dialect: Dialect, now_us: int, part: Part | None = None, *, greatest_first: bool = False
) -> exp.Select:
    """The newest due row of each entity: join keys, e and c in microseconds, tombstone, features in contract order.

    Among the rows with greatest(e, c) <= now the greatest (e, c) wins, then the greatest features in contract order,
    nulls lowest: the order of the point-in-time join. With a part only its rows are looked at.

    Args:
        greatest_first: Find each entity's greatest e by aggregation before ranking, so that one scan is sorted no more. It pays
            where hashing is cheap and histories are long.
    """
    event, created = _times(view, dialect)
    features = [dialect.sortable(_column(feature), feature.data_type) for feature in view.features]
    order = [*map(_descending, _distinct(event, created)), *map(_descending, features)]
    if view.tombstone:
        order.append(_descending(_column(view.tombstone)))
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[_column(key) for key in view.join_keys],
        order=exp.Order(expressions=order),
    )
    is_wanted = [*_is_due(view.join_keys, event, created, now_us), *_is_in(part, view, dialect, event, created)]
    named = _named(view, event, created)
    ranked = exp.select(*named).select(exp.alias_(rank, RANK)).from_(_table(view)).where(*is_wanted)
    if greatest_first:
        ranked = _joined_to_greatest(ranked, view, event, is_wanted)
    return (
        exp.select(*(exp.column(each.alias, quoted=True) for each in named))
        .from_(ranked.subquery("ranked"))
        .where(exp.column(RANK).eq(1))
    )


def _named(view: FeatureView, event: exp.Expression, created: exp.Expression) -> list[Any]:
    """What drivers read of a row, by names that no column of a view can clash with once they are on the outside."""
    names = [f"key_{index}" for index in range(len(view.join_keys))]
    names += ["event_us", "created_us", "is_tombstone", *(f"feature_{index}" for index in range(len(view.features)))]
    tombstone: exp.Expression = _column(view.tombstone) if view.tombstone else exp.false()
    values: list[exp.Expression] = [
        *map(_column, view.join_keys),
        event,
        created,
        tombstone,
        *map(_column, view.features),
    ]
    return [exp.alias_(value.copy(), name, quoted=True) for value, name in zip(values, names, strict=True)]


def _joined_to_greatest(
    ranked: exp.Select, view: FeatureView, event: exp.Expression, is_wanted: Sequence[exp.Expression]
) -> exp.Select:
    """The same, for the rows alone whose e is the greatest of their entity."""
    names = [f"{RANK}_key_{index}" for index in range(len(view.join_keys))]
    keys = [exp.alias_(_column(key), name, quoted=True) for key, name in zip(view.join_keys, names, strict=True)]
    greatest = (
        exp.select(*keys)
        .select(exp.alias_(exp.Max(this=event.copy()), f"{RANK}_event", quoted=True))
        .from_(_table(view))
        .where(*(condition.copy() for condition in is_wanted))
        .group_by(*map(_column, view.join_keys))
    )
    same: list[exp.Expression] = [
        exp.EQ(this=_column(key), expression=exp.column(name, quoted=True))
        for key, name in zip(view.join_keys, names, strict=True)
    ]
    same.append(exp.EQ(this=event.copy(), expression=exp.column(f"{RANK}_event", quoted=True)))
    return ranked.join(greatest.subquery("greatest"), on=exp.and_(*same), join_type="inner")


def _is_due(
    keys: Iterable[Column], event: exp.Expression, created: exp.Expression, now_us: int
) -> list[exp.Expression]:
    """What makes a row visible by now and fit to be looked up; null, where a time is null, is no yes."""
    return [*(time.copy() <= _integer(now_us) for time in _distinct(event, created)), *(_is_known(key) for key in keys)]


def _is_in(
    part: Part | None, view: FeatureView, dialect: Dialect, event: exp.Expression, created: exp.Expression
) -> list[exp.Expression]:
    if part is None:
        return []
    known = _known(event, created)
    within: list[exp.Expression] = [
        exp.Between(this=known.copy(), low=_integer(span.first_us), high=_integer(span.last_us)) for span in part.spans
    ]
    if part.loaded_from_us is not None:
        loaded = _loaded(view, dialect)
        within += [loaded >= _integer(part.loaded_from_us), loaded.copy().is_(exp.null())]
    return [exp.paren(exp.or_(*within))]


def _row_number(view: FeatureView, dialect: Dialect) -> exp.Expression:
    """A number of everything the store may hold of a row."""
    tombstone = [_column(view.tombstone)] if view.tombstone else []
    times = (time.copy() for time in _distinct(*_times(view, dialect)))
    return dialect.row_number_of([*map(_column, view.join_keys), *times, *tombstone, *map(_column, view.features)])


def _distinct(event: exp.Expression, created: exp.Expression) -> list[exp.Expression]:
    return [event] if created is event else [event, created]


def _known(event: exp.Expression, created: exp.Expression) -> exp.Expression:
    """A = greatest(e, c), of rows that are due: engines differ in what it is where one of them is null."""
    if created is event:
        return event.copy()
    return exp.Anonymous(this="greatest", expressions=[event.copy(), created.copy()])


def _times(view: FeatureView, dialect: Dialect) -> tuple[exp.Expression, exp.Expression]:
    """E and c in microseconds, one and the same expression where c is not declared; a null c means known at e, an infinite one never."""
    event = dialect.micros(_column(view.event_timestamp), view.event_timestamp.data_type)
    if view.created_timestamp is None:
        return event, event
    column = _column(view.created_timestamp)
    known = dialect.micros(column.copy(), view.created_timestamp.data_type)
    return event, exp.case().when(column.is_(exp.null()), event.copy()).else_(known)


def _loaded(view: FeatureView, dialect: Dialect) -> exp.Expression:
    assert view.loaded_at is not None  # noqa: S101 - for views with one
    return dialect.micros(_column(view.loaded_at), view.loaded_at.data_type)


def _table(view: FeatureView) -> exp.Table:
    relation = view.relation
    return exp.table_(relation.identifier, db=relation.schema, catalog=relation.database, quoted=True)


def _column(column: Column) -> exp.Column:
    return exp.column(column.name, quoted=True)


def _is_known(column: Column) -> exp.Expression:
    return exp.not_(_column(column).is_(exp.null()))


def _descending(value: exp.Expression) -> exp.Ordered:
    return exp.Ordered(this=value.copy(), desc=True, nulls_first=False)


def _integer(value: int) -> exp.Expression:
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
