"""Which views a command works on: `--select` and `--exclude` in dbt's own syntax."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from featurectl.errors import ReferenceSyntaxError, UnknownNameError, did_you_mean
from featurectl.selection.graph import Graph
from featurectl.selection.selectable import METHODS, Selectable, selectables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from featurectl.manifest import Manifest
    from featurectl.registry import FeatureView

_SELECTOR = re.compile(
    r"(?P<around>@)?(?P<up>\d*\+)?(?:(?P<method>[a-z_]+)(?:\.[\w.]+)?:)?(?P<value>[^\s+@:][^\s+:]*)(?P<down>\+\d*)?"
)
_HINT = "Write a name, `tag:daily`, `+name`, `name+2`, `@name`; a comma means both, a space either."
_ELSEWHERE = "featurectl reads one manifest: let dbt select it (`dbt build --select {}`), and name views here."


def select_views(
    views: Sequence[FeatureView], select: Sequence[str], exclude: Sequence[str], manifest: Manifest | None = None
) -> list[FeatureView]:
    """Views that any of `select` means (all without one) and none of `exclude`, in the registry's order.

    Args:
        views: Those to choose from.
        select: Selectors, several in one string a union: ``name`` (every version), ``name@v2``, ``folder.name``, a pattern
            (``plane_*``) or ``method:value`` (`METHODS`); ``+x``, ``2+x``, ``x+``, ``x+1`` with what feeds or is fed by it,
            ``@x`` also with all that its children need; ``x,y`` only what both mean.
        exclude: The same.
        manifest: Says what lies between sources and views; without it only the views themselves are known.

    Raises:
        ReferenceSyntaxError: One is no selector.
        UnknownNameError: One names nothing, nothing that is a view, or a method that is dbt's alone.
    """
    if not select and not exclude:
        return list(views)
    selection = _Selection(views, manifest)
    wanted = selection.meant(select) if select else selection.view_ids
    unwanted = selection.meant(exclude)
    return [view for view in views if view.unique_id in wanted - unwanted]


@dataclass(frozen=True, slots=True)
class _Selector:
    text: str
    around: bool
    up: int | None
    method: str
    value: str
    down: int | None

    @classmethod
    def parse(cls, text: str) -> _Selector:
        found = _SELECTOR.fullmatch(text)
        if found is None or (found["around"] and (found["up"] or found["down"])):
            raise ReferenceSyntaxError(f"expected a selector of dbt's, got {text!r}", hint=_HINT)
        method = found["method"] or "fqn"
        if method not in METHODS:
            hint = _ELSEWHERE.format(text) if method in DBT_ALONE else did_you_mean(method, METHODS)
            raise UnknownNameError("selection method", method, METHODS, hint=hint)
        return cls(text, bool(found["around"]), _steps(found["up"]), method, found["value"], _steps(found["down"]))

    @property
    def walks(self) -> bool:
        return self.around or self.up != 0 or self.down != 0

    def names(self, node: Selectable) -> bool:
        if self.method == "path":
            return any(_fits(folder, self.value.rstrip("/")) for folder in node.of("path"))
        return any(_fits(text, self.value) for text in node.of(self.method))


# Methods of dbt that ask for more than one manifest, or for what has no place here.
DBT_ALONE = frozenset({"access", "config", "metric", "result", "saved_query", "selector", "semantic_model", "source_status",
                       "state", "test", "test_name", "test_type", "unit_test", "version"})  # fmt: skip


class _Selection:
    def __init__(self, views: Sequence[FeatureView], manifest: Manifest | None) -> None:
        self.nodes = selectables(views, manifest)
        self.view_ids = {view.unique_id for view in views}
        self.graph = Graph.of((node.unique_id, node.depends_on) for node in self.nodes)

    def meant(self, selectors: Sequence[str]) -> set[str]:
        """Unique ids of the views that any of the selectors means."""
        meant: set[str] = set()
        for text in (part for given in selectors for part in given.split()):
            parts = [_Selector.parse(part) for part in text.split(",")]
            reached = set.intersection(*(self._reached(part) for part in parts))
            if len(parts) == 1 and not parts[0].walks and not reached & self.view_ids:
                raise self._no_view(parts[0])
            meant |= reached & self.view_ids
        return meant

    def _reached(self, selector: _Selector) -> set[str]:
        start = {node.unique_id for node in self.nodes if selector.names(node)}
        if not start:
            raise self._unknown(selector)
        if selector.around:
            return self.graph.above(self.graph.below(start))
        above = self.graph.above(start, selector.up) if selector.up != 0 else start
        return above | (self.graph.below(start, selector.down) if selector.down != 0 else start)

    def _unknown(self, selector: _Selector) -> UnknownNameError:
        """The nearest of all names, those of views first where nothing else can be meant; else the names of views."""
        prefix = "" if selector.method == "fqn" else f"{selector.method}:"
        wanted = f"{prefix}{selector.value}"
        known = {f"{prefix}{text}" for node in self.nodes for text in node.of(selector.method, short=True)}
        hint = did_you_mean(wanted, known)
        if not prefix and not (selector.walks and hint.startswith("Did")):
            own = did_you_mean(
                wanted, {text for node in self.nodes if node.is_view for text in node.of("fqn", short=True)}
            )
            hint = own if own.startswith("Did") or not hint.startswith("Did") else hint
        return UnknownNameError("feature view to select", wanted, known, hint=hint)

    def _no_view(self, selector: _Selector) -> UnknownNameError:
        return UnknownNameError(
            "feature view to select", selector.text, [],
            hint=f"It is there, but no feature view: `{selector.text}+` selects the views made from it.",
        )  # fmt: skip


def _steps(text: str | None) -> int | None:
    """How far to walk: 0 without the operator, None for `+` alone, else its number."""
    if text is None:
        return 0
    number = text.strip("+")
    return int(number) if number else None


def _fits(text: str, wanted: str) -> bool:
    return fnmatchcase(text, wanted) if any(sign in wanted for sign in "*?[") else text == wanted
