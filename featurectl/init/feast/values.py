"""What the expressions of a Python file say, read without running any of it."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expression that only running the file would tell."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name from outside of the repository, such as ``Float32`` or ``ValueType.INT64``."""

    name: str


@dataclass(frozen=True, slots=True)
class Selection:
    """``view[["a", "b"]]``."""

    base: Any
    keys: Any


@dataclass(slots=True)
class Call:
    """A call of something from outside of the repository.

    Attributes:
        name: Last part of what is called; a method of a value has a dot before it and the value as its first argument.
        where: ``features.py:12``.
        is_nested: It is an argument of another call, not a definition of its own.
    """

    name: str
    args: list[Any]
    kwargs: dict[str, Any]
    where: str
    is_nested: bool = False
    variable: str | None = None


@dataclass(slots=True)
class Values:
    """Evaluates the expressions of one file.

    Attributes:
        file: Its path relative to the repository.
        root: The repository, in full, for `__file__`.
        lookup: The value of a name of this file.
        calls: Every call that was read, by its node.
    """

    file: str
    root: str
    lookup: Callable[[str], Any]
    calls: dict[ast.Call, Call] = field(default_factory=dict)
    _depth: int = 0
    _bound: dict[str, Any] = field(default_factory=dict)

    def read(self, node: ast.expr | None) -> Any:
        """Constants, lists, dicts, calls and symbols; `Unknown` for everything else."""
        reader = getattr(self, f"_{type(node).__name__.lower()}", None)
        return reader(node) if reader else self._unknown(node)

    @contextmanager
    def at_module_level(self) -> Iterator[None]:
        """A name is read where it is first used, perhaps inside of a call; what it stands for is no part of that call."""
        depth, self._depth = self._depth, 0
        bound, self._bound = self._bound, {}
        yield
        self._depth, self._bound = depth, bound

    def where(self, node: ast.expr | ast.stmt) -> str:
        """File and line."""
        return f"{self.file}:{node.lineno}"

    def _unknown(self, node: ast.expr | None) -> Unknown:
        return Unknown(ast.unparse(node) if node is not None else "")

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id == "__file__":
            return f"{self.root}/{self.file}"
        if node.id in self._bound:
            return self._bound[node.id]
        value = self.lookup(node.id)
        return self._unknown(node) if value is None else value

    def _list(self, node: ast.List | ast.Tuple) -> list[Any]:
        values: list[Any] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                more = self.read(item.value)
                values += more if isinstance(more, list) else [self._unknown(item)]
            else:
                values.append(self.read(item))
        return values

    _tuple = _list

    def _listcomp(self, node: ast.ListComp) -> Any:
        """``[Field(name=name, dtype=Int64) for name in NAMES]``: one loop over a list that is read, without a condition."""
        (loop, *others) = node.generators
        items = self.read(loop.iter)
        if others or loop.ifs or not isinstance(items, list):
            return self._unknown(node)
        values, outer = [], self._bound
        for item in items:
            names = _bound_names(loop.target, item)
            if names is None:
                values = [self._unknown(node)]
                break
            self._bound = outer | names
            values.append(self.read(node.elt))
        self._bound = outer
        return values

    def _dict(self, node: ast.Dict) -> Any:
        read = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = self.read(key) if key else self.read(value)
            if key is None and isinstance(name, dict):
                read.update(name)
            elif isinstance(name, str):
                read[name] = self.read(value)
            else:
                return self._unknown(node)
        return read

    def _joinedstr(self, node: ast.JoinedStr) -> Any:
        parts = [
            self.read(part.value) if isinstance(part, ast.FormattedValue) else self.read(part) for part in node.values
        ]
        return "".join(map(str, parts)) if all(isinstance(part, str | int) for part in parts) else self._unknown(node)

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.read(node.operand)
        is_negated = isinstance(node.op, ast.USub) and isinstance(value, int | float)
        return -value if is_negated else self._unknown(node)

    def _binop(self, node: ast.BinOp) -> Any:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(node.op, ast.Add) and isinstance(left, list) and isinstance(right, list):
            return [*left, *right]
        if isinstance(node.op, ast.Div) and isinstance(left, str) and isinstance(right, str):
            return str(PurePosixPath(left) / right)  # a Path and its parts
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if isinstance(node.op, ast.Mult) and numbers:
            return left * right
        if isinstance(node.op, ast.Mult) and (times := _multiplied(left, right)):
            return times
        return self._unknown(node)

    def _attribute(self, node: ast.Attribute) -> Any:
        base = self.read(node.value)
        if isinstance(base, Symbol):
            return Symbol(f"{base.name}.{node.attr}" if base.name[0].isupper() else node.attr)
        if isinstance(base, dict):  # a module of the repository
            return base.get(node.attr, self._unknown(node))
        if isinstance(base, str) and node.attr == "parent":
            return str(PurePosixPath(base).parent)
        return self._unknown(node)

    def _subscript(self, node: ast.Subscript) -> Any:
        base, keys = self.read(node.value), self.read(node.slice)
        if isinstance(base, Call | Selection):
            return Selection(base, keys)
        if isinstance(base, dict) and isinstance(keys, str):
            return base.get(keys, self._unknown(node))
        return self._unknown(node)

    def _call(self, node: ast.Call) -> Any:
        called = self.read(node.func)
        self._depth += 1
        args = self._list(ast.List(elts=node.args))
        kwargs = self._keywords(node)
        self._depth -= 1
        if isinstance(called, Symbol):
            path = _path_of(called.name, args)
            call = Call(called.name, args, kwargs, self.where(node), self._depth > 0)
            return self._remember(node, call) if path is None else path
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, args)
        if isinstance(node.func, ast.Name):
            return self._builtin(node, node.func.id, args, kwargs)
        return self._unknown(node)

    def _keywords(self, node: ast.Call) -> dict[str, Any]:
        kwargs: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.read(keyword.value)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
            elif isinstance(value, dict):
                kwargs.update(value)
            else:
                kwargs[f"**{ast.unparse(keyword.value)}"] = value
        return kwargs

    def _method(self, node: ast.Call, called: ast.Attribute, args: list[Any]) -> Any:
        base = self.read(called.value)
        if isinstance(base, str) and called.attr in {"absolute", "as_posix", "resolve"}:
            return base
        if isinstance(base, Call | Selection):
            return Call(f".{called.attr}", [base, *args], {}, self.where(node), self._depth > 0)
        return self._unknown(node)

    def _builtin(self, node: ast.Call, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if name == "str" and args and isinstance(args[0], str):
            return args[0]
        if name == "dict" and not args:
            return kwargs
        if name in {"list", "tuple"} and args and isinstance(args[0], list):
            return args[0]
        return self._unknown(node)

    def _remember(self, node: ast.Call, call: Call) -> Call:
        """One value a node, so that a variable used twice is one definition; in a comprehension each round has its own."""
        if self._bound:
            return call  # a view that is made so is told of by `Modules.unread`
        return self.calls.setdefault(node, call)


def _bound_names(target: ast.expr, item: Any) -> dict[str, Any] | None:
    """What a loop's variables are in one round; None where they do not fit."""
    if isinstance(target, ast.Name):
        return {target.id: item}
    if isinstance(target, ast.Tuple) and isinstance(item, list) and len(item) == len(target.elts):
        names = [name.id for name in target.elts if isinstance(name, ast.Name)]
        return dict(zip(names, item, strict=True)) if len(names) == len(item) else None
    return None


def _multiplied(left: Any, right: Any) -> Call | None:
    """A timedelta, and how often; None for all else."""
    span, times = (left, right) if isinstance(left, Call) else (right, left)
    if not isinstance(span, Call) or span.name != "timedelta" or not isinstance(times, int | float):
        return None
    if not all(isinstance(part, int | float) for part in (*span.args, *span.kwargs.values())):
        return None
    kwargs = {unit: part * times for unit, part in span.kwargs.items()}
    return Call(span.name, [part * times for part in span.args], kwargs, span.where, span.is_nested, span.variable)


def _path_of(name: str, args: list[Any]) -> str | None:
    """What the functions that put paths together give; None for every other function, or unknown arguments."""
    if not args or not all(isinstance(arg, str) for arg in args):
        return None
    if name in {"join", "Path", "PurePath"}:
        return str(PurePosixPath(*args))
    if name == "dirname":
        return str(PurePosixPath(args[0]).parent)
    return str(args[0]) if name in {"abspath", "realpath"} else None
