"""The Python files of a repository: their module-level names, and every Feast definition in them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from featurectl.errors import ProjectError
from featurectl.init.feast.values import Call, Symbol, Unknown, Values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SKIPPED = {"__pycache__", "env", "node_modules", "site-packages", "venv"}
_DEFINING = ("Entity", "View", "Service", "Source", "Project", "Permission", "SavedDataset", "ValidationReference")
_DECORATORS = ("feature_view", "udf", "transformation")


@dataclass(slots=True)
class Module:
    """One file; names are evaluated when they are first asked for."""

    file: str
    tree: ast.Module
    values: Values
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    assigned: dict[str, ast.expr] = field(default_factory=dict)
    decorated: dict[str, ast.FunctionDef] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict)
    from_feast: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Unread:
    """A definition that stands where only running the file would tell what it is."""

    where: str
    name: str
    kind: str


class Modules:
    """All Python files below a folder, parsed.

    Raises:
        ProjectError: A file is no Python.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._modules: dict[str, Module] = {}
        for path in sorted(root.rglob("*.py")):
            relative = path.relative_to(root)
            if any(part in _SKIPPED or part.startswith(".") for part in relative.parts[:-1]):
                continue
            try:
                tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
            except (SyntaxError, UnicodeDecodeError, ValueError) as error:
                raise ProjectError(
                    f"{path}: expected a Python file, got {error}", hint="Mend it, or move it out of the repository."
                ) from None
            dotted = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
            module = Module(relative.as_posix(), tree, Values(relative.as_posix(), str(root), lambda _: None))
            module.values.lookup = self._lookup_in(module)
            _read_statements(module, tree.body)
            self._modules[dotted] = module

    def calls(self) -> Iterator[Call]:
        """The calls at module level, file after file, in the order of their lines; decorated functions among them."""
        for module in self._modules.values():
            for name in (*module.assigned, *module.decorated):
                value = self._value(module, name)
                if isinstance(value, Call):
                    value.variable = value.variable or name
            for statement in _module_level(module.tree.body):
                if isinstance(statement, ast.Expr):
                    module.values.read(statement.value)
            functions = [self._value(module, name) for name in module.decorated]
            found = [*module.values.calls.values(), *(call for call in functions if isinstance(call, Call))]
            yield from sorted(
                {id(call): call for call in found}.values(), key=lambda call: int(call.where.rpartition(":")[2])
            )

    def unread(self) -> Iterator[Unread]:
        """Feast's definitions in functions, loops, comprehensions and conditions that `calls` could not read."""
        for module in self._modules.values():
            for node in ast.walk(module.tree):
                if not isinstance(node, ast.Call) or node in module.values.calls:
                    continue
                kind = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                original = module.imports.get(kind, ("", kind))[1] or kind
                is_feasts = kind in module.from_feast or isinstance(node.func, ast.Attribute)
                if is_feasts and original.endswith(_DEFINING) and original[0].isupper():
                    name = next((word.value for word in node.keywords if word.arg == "name"), None)
                    shown = ast.unparse(name) if name is not None else original
                    yield Unread(module.values.where(node), shown, original)

    def _lookup_in(self, module: Module) -> Any:
        return lambda name: self._value(module, name)

    def _value(self, module: Module, name: str) -> Any:
        if name in module.cache:
            return module.cache[name]
        module.cache[name] = Unknown(name)  # what a name that refers to itself is
        with module.values.at_module_level():
            module.cache[name] = self._evaluated(module, name)
        return module.cache[name]

    def _evaluated(self, module: Module, name: str) -> Any:
        if name in module.decorated:
            return _decorated(module, module.decorated[name])
        if name in module.assigned:
            return module.values.read(module.assigned[name])
        if name in module.imports:
            source, original = module.imports[name]
            other = self._find(source if original is None else f"{source}.{original}", module)
            if other is not None:
                return {key: self._value(other, key) for key in (*other.assigned, *other.decorated)}
            other = self._find(source, module)
            if other is not None and original is not None:
                return self._value(other, original)
            return Symbol((original or source).rpartition(".")[2])
        return None

    def _find(self, dotted: str, importing: Module) -> Module | None:
        """The file of a module: by its full name, by its place beside the importing file, else by the end of its name."""
        name = dotted.strip(".")
        beside = ".".join([*importing.file.split("/")[:-1], name])
        if beside in self._modules or name in self._modules:
            return self._modules.get(beside) or self._modules.get(name)
        if not dotted.startswith(".") and name.partition(".")[0] in {"feast", "datetime", "os", "pathlib"}:
            return None
        ends = [key for key in self._modules if name and (name.endswith(f".{key}") or key.endswith(f".{name}"))]
        return self._modules[ends[0]] if len(ends) == 1 else None


def _module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when the file is imported, those in conditions included."""
    for statement in body:
        if isinstance(statement, ast.If):
            if "__name__" not in ast.unparse(statement.test):
                yield from _module_level([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from _module_level([*statement.body, *statement.orelse, *statement.finalbody])
        elif isinstance(statement, ast.With):
            yield from _module_level(statement.body)
        else:
            yield statement


def _read_statements(module: Module, body: list[ast.stmt]) -> None:
    for statement in _module_level(body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                module.assigned[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                module.assigned[name] = value
            case ast.FunctionDef(name=name, decorator_list=[_, *_]):
                module.decorated[name] = statement
            case ast.Import(names=names):
                for alias in names:
                    module.imports[alias.asname or alias.name.partition(".")[0]] = (alias.name, None)
            case ast.ImportFrom(names=names, level=level):
                source = "." * level + (statement.module or "")
                for alias in names:
                    module.imports[alias.asname or alias.name] = (source, alias.name)
                    if source.partition(".")[0] == "feast":
                        module.from_feast.add(alias.asname or alias.name)
            case _:
                pass


def _decorated(module: Module, function: ast.FunctionDef) -> Any:
    """A function under a decorator of Feast's: a call of the decorator, named like the function."""
    for decorator in function.decorator_list:
        call = module.values.read(decorator)
        if isinstance(call, Symbol):
            call = Call(call.name, [], {}, module.values.where(function))
        if isinstance(call, Call) and call.name.endswith(_DECORATORS):
            call.variable = function.name
            return call
    return Unknown(function.name)
