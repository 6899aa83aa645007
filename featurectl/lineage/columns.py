"""Columns, what they come from, and relations: what a name in a FROM clause gives to a query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot.dialects.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlglot import exp

ALL = "*"  # every column of a node: what an opaque model takes from its parents
ROWS = "(rows)"  # the rows of a node, whatever they hold: what count(*) counts

Refs = frozenset["ColumnRef"]
NOTHING: Refs = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class ColumnRef:
    """A column of a node.

    Attributes:
        node: dbt unique id, or `RELATION` and a name for what the SQL names without `ref` or `source`.
        column: Its name, `ALL` or `ROWS`.
    """

    node: str
    column: str


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of a query comes from.

    Attributes:
        values: Columns its values are computed from.
        influences: Columns that only decide which rows its values come from: partitions and orders of windows.
    """

    values: Refs = NOTHING
    influences: Refs = NOTHING

    @property
    def all(self) -> Refs:
        """Both kinds."""
        return self.values | self.influences


Rest = Callable[[str], Column]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, a CTE or a query, as another query sees it.

    Attributes:
        columns: Known columns by name, in order.
        rows: Whose rows its rows come from.
        filters: Columns that decide which rows there are: joins, filters, groups.
        rest: What a name beyond `columns` means where they may not be all, e.g. after `select *` from a table of unknown columns.
        whole: All columns of the tables behind `rest`.
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    rows: Refs = NOTHING
    filters: Refs = NOTHING
    rest: Rest | None = None
    whole: Refs = NOTHING

    def find(self, name: str) -> Column | None:
        """The known column of that name; a name that differs in case alone is its second choice."""
        found = match(self.columns, name)
        return None if found is None else self.columns[found]

    def column(self, name: str) -> Column | None:
        """The column of that name, known or not; None where there can be none."""
        found = self.find(name)
        return self.rest(name) if found is None and self.rest else found

    @property
    def everything(self) -> Column:
        """All its columns as one."""
        return merged(self.columns.values(), Column(self.whole))

    def influenced(self, refs: Refs) -> Relation:
        """With its filters, and these columns, as influences on its own columns alone."""
        more = Column(influences=self.filters | refs)
        rest = self.rest
        columns = {name: merged([column, more]) for name, column in self.columns.items()}
        return Relation(columns, self.rows, rest=rest and (lambda name: merged([rest(name), more])), whole=self.whole)


def match(names: Iterable[str], name: str) -> str | None:
    """The name among `names`: the very same, else one that differs in case alone."""
    known = names if isinstance(names, dict) else list(names)
    if name in known:
        return name
    folded = name.casefold()
    return next((candidate for candidate in known if candidate.casefold() == folded), None)


def merged(columns: Iterable[Column], *more: Column) -> Column:
    """One column that comes from all that these come from."""
    several = (*columns, *more)
    return Column(union(column.values for column in several), union(column.influences for column in several))


def union(refs: Iterable[Refs]) -> Refs:
    """All of them."""
    return NOTHING.union(*refs)


def spelled(identifier: exp.Identifier, dialect: str | None) -> str:
    """The name an identifier means: as the dialect folds it, unless quoted; lower case where it folds to upper, as models are written."""
    name = Dialect.get_or_raise(dialect).normalize_identifier(identifier.copy()).name
    return name.lower() if not identifier.quoted and name != identifier.name and name.isupper() else name
