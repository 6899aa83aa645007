"""The queries on a feature view, built with sqlglot for any dialect: what it holds, and its newest rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

if TYPE_CHECKING:
    from featurectl.registry import Column, FeatureView

RANK = "featurectl_rank"


class Dialect(Protocol):
    """What the engines spell differently.

    Attributes:
        name: sqlglot's name of it.
    """

    name: str

    def micros(self, column: exp.Expression, data_type: str) -> exp.Expression:
        """UTC microseconds since 1970 of a date or timestamp; null for null and infinite ones; nanoseconds floored."""
        ...


def stock(view: FeatureView, dialect: Dialect, now_us: int) -> exp.Select:
    """One row: all rows, due rows, rows with a null key, the greatest a of the due ones."""
    event, created = _times(view, dialect)
    # Each time is asked for itself: engines differ in what the greatest of a value and a null is.
    visible = exp.Greatest(this=event.copy(), expressions=[created.copy()])
    is_due = exp.and_(*_is_due(view, event, created, now_us))
    due = exp.case().when(is_due, visible)
    null_key = exp.case().when(exp.or_(*(_column(key).is_(exp.null()) for key in view.join_keys)), _integer(1))
    return exp.select(
        exp.Count(this=exp.Star()), exp.Count(this=due.copy()), exp.Count(this=null_key), exp.Max(this=due.copy())
    ).from_(_table(view))


def latest_rows(view: FeatureView, dialect: Dialect, now_us: int) -> exp.Select:
    """The newest due row of each entity: join keys, e and c in microseconds, tombstone, features in contract order.

    Among the rows with greatest(e, c) <= now the greatest (e, c) wins, then the greatest features in contract order,
    nulls lowest: the order of the point-in-time join.
    """
    event, created = _times(view, dialect)
    tombstone = _column(view.tombstone) if view.tombstone else exp.false()
    order = [_descending(event), _descending(created), *(_descending(_column(feature)) for feature in view.features)]
    if view.tombstone:
        order.append(_descending(_column(view.tombstone)))
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[_column(key) for key in view.join_keys],
        order=exp.Order(expressions=order),
    )
    names = [f"key_{index}" for index in range(len(view.join_keys))]
    names += ["event_us", "created_us", "is_tombstone", *(f"feature_{index}" for index in range(len(view.features)))]
    values = [*map(_column, view.join_keys), event, created, tombstone, *map(_column, view.features)]
    ranked = (
        exp.select(*(exp.alias_(value.copy(), name, quoted=True) for value, name in zip(values, names, strict=True)))
        .select(exp.alias_(rank, RANK))
        .from_(_table(view))
        .where(*_is_due(view, event, created, now_us))
    )
    return (
        exp.select(*(exp.column(name, quoted=True) for name in names))
        .from_(ranked.subquery("ranked"))
        .where(exp.column(RANK).eq(1))
    )


def _is_due(view: FeatureView, event: exp.Expression, created: exp.Expression, now_us: int) -> list[exp.Expression]:
    """What makes a row visible by now and fit to be looked up; null, where a time is null, is no yes."""
    return [
        event.copy() <= _integer(now_us),
        created.copy() <= _integer(now_us),
        *(_is_known(key) for key in view.join_keys),
    ]


def _times(view: FeatureView, dialect: Dialect) -> tuple[exp.Expression, exp.Expression]:
    """E and c in microseconds; a null c means known at e, an infinite one never."""
    event = dialect.micros(_column(view.event_timestamp), view.event_timestamp.data_type)
    if view.created_timestamp is None:
        return event, event.copy()
    column = _column(view.created_timestamp)
    known = dialect.micros(column.copy(), view.created_timestamp.data_type)
    return event, exp.case().when(column.is_(exp.null()), event.copy()).else_(known)


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
