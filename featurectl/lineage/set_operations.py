"""UNION, EXCEPT and INTERSECT of two relations, by place or by name."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from sqlglot import exp

from featurectl.lineage.columns import Column, Relation, merged


def combined(operation: exp.SetOperation, left: Relation, right: Relation) -> Relation:
    """The relation of both sides of a set operation."""
    if not isinstance(operation, exp.Union):  # EXCEPT and INTERSECT: the right side only decides which rows stay
        return replace(left, filters=left.filters | right.filters | right.everything.all)
    by_name = operation.args.get("by_name") or left.whole or right.whole
    return _stacked(left, right) if by_name else _zipped(left, right)


def _zipped(left: Relation, right: Relation) -> Relation:
    """UNION: column by column, named by the left side."""
    pairs = zip_longest(left.columns.items(), right.columns.values(), fillvalue=None)
    columns = {pair[0]: merged([pair[1], other or Column()]) for pair, other in pairs if pair is not None}
    return Relation(columns, left.rows | right.rows, left.filters | right.filters, left.rest)


def _stacked(left: Relation, right: Relation) -> Relation:
    """UNION BY NAME; also where a side's columns are unknown, so that only names can tell."""
    names = [*left.columns, *(name for name in right.columns if left.find(name) is None)]
    columns = {name: merged([left.column(name) or Column(), right.column(name) or Column()]) for name in names}
    rests = [side.rest for side in (left, right) if side.rest]
    rest = (lambda name: merged(rest(name) for rest in rests)) if rests else None
    return Relation(columns, left.rows | right.rows, left.filters | right.filters, rest, left.whole | right.whole)
