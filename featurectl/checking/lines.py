"""The line of a project's file that a finding is about: dbt's manifest has none, so the file is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from featurectl.manifest import Exposure, Manifest, Node
    from featurectl.rules.finding import Finding

YAML_SUFFIXES = (".yml", ".yaml")
CALL = re.compile(r"\btraining_set\s*\(")
WORD = re.compile(r"\btraining_set\b")  # where a macro around ours makes the call
BLOCK_DEPTH = 3  # of `config.meta.feature_view`
CALL_KEY = "config.meta.training_set"
# libyaml's loader where PyYAML has it: ten times as fast
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Lines:
    """Finds lines; each file is read once, and one that is absent or no YAML has none.

    Attributes:
        project_dir: The folder of dbt_project.yml.
    """

    project_dir: Path
    manifest: Manifest
    _files: dict[Path, str | None] = field(default_factory=dict)
    _documents: dict[Path, yaml.Node | None] = field(default_factory=dict)

    def locate(self, finding: Finding) -> Finding:
        """The finding with its line; one about a macro's arguments with the SQL file, where they are written."""
        declared = self.manifest.nodes.get(finding.unique_id) or self.manifest.exposures.get(finding.unique_id)
        if declared is None or finding.line is not None:
            return finding
        folder = self._folder(declared.package_name)
        if finding.key.startswith(CALL_KEY):
            return replace(
                finding, path=declared.original_file_path, line=self._line_of_call(folder / declared.original_file_path)
            )
        if finding.sql is not None:
            return replace(finding, line=self._line_of_sql(folder / finding.path, finding.sql))
        if not finding.path.endswith(YAML_SUFFIXES):
            return finding
        return replace(finding, line=self._line_in_yaml(folder / finding.path, declared, finding.key))

    def _folder(self, package: str) -> Path:
        is_root = package == self.manifest.metadata.project_name
        return self.project_dir if is_root else self.project_dir / "dbt_packages" / package

    def _line_of_call(self, path: Path) -> int | None:
        text = self._read(path) or ""
        found = CALL.search(text) or WORD.search(text)
        return text.count("\n", 0, found.start()) + 1 if found else None

    def _line_of_sql(self, path: Path, sql: str) -> int | None:
        """Where the model's own text has the SQL, but for case and white space; what a macro wrote, or was rewritten, is not found."""
        text = (self._read(path) or "").lower()
        signs = [(sign, line) for line, row in enumerate(text.splitlines(), 1) for sign in row if not sign.isspace()]
        wanted = "".join(sql.removesuffix("...").lower().split())
        at = "".join(sign for sign, _ in signs).find(wanted)
        return signs[at][1] if wanted and at >= 0 else None

    def _line_in_yaml(self, path: Path, declared: Node | Exposure, key: str) -> int | None:
        if path not in self._documents:
            self._documents[path] = _compose(self._read(path))
        document = self._documents[path]
        found = [_deepest(entry, _steps(key)) for entry in _entries(document, declared)]
        if not found:
            return None
        # A version's block replaces the model's; without one, the entry that has more of the path tells.
        whole = (line for depth, line in found if depth >= BLOCK_DEPTH)
        return next(whole, None) or max(found, key=lambda depth_and_line: depth_and_line[0])[1]

    def _read(self, path: Path) -> str | None:
        if path not in self._files:
            try:
                self._files[path] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                self._files[path] = None
        return self._files[path]


def locate_findings(findings: Iterable[Finding], manifest: Manifest, project_dir: Path) -> list[Finding]:
    """The findings with their lines, as far as files tell."""
    lines = Lines(project_dir, manifest)
    return [lines.locate(finding) for finding in findings]


def _compose(text: str | None) -> yaml.Node | None:
    try:
        document: yaml.Node | None = yaml.compose(text, Loader=LOADER) if text else None
    except yaml.YAMLError:
        return None
    return document


def _entries(document: yaml.Node | None, declared: Node | Exposure) -> Iterator[yaml.Node]:
    """The mappings that declare a node: of a version its own, then the model's."""
    kind = getattr(declared, "resource_type", "exposure")
    entries = _items(_child(document, f"{kind}s"))
    if kind == "source":
        entries = [table for source in entries for table in _items(_child(source, "tables"))]
    for entry in entries:
        if _text(_child(entry, "name")) == declared.name:
            version = str(getattr(declared, "version", None))
            yield from (each for each in _items(_child(entry, "versions")) if _text(_child(each, "v")) == version)
            yield entry


def _deepest(entry: yaml.Node, steps: list[str]) -> tuple[int, int]:
    """How many steps of a path an entry has, and the line (from 1) of the last one."""
    node, line, depth = entry, entry.start_mark.line + 1, 0
    for step in steps:
        found = _step(node, step)
        if found is None:
            break
        mark, node = found
        line, depth = mark.start_mark.line + 1, depth + 1
    return depth, line


def _step(node: yaml.Node, step: str) -> tuple[yaml.Node, yaml.Node] | None:
    """What holds the mark, and the value: the entry of a mapping, the item of a list by number or by its `name`."""
    for key, value in _pairs(node):
        if _text(key) == step:
            return key, value
    items = _items(node)
    if step.isdigit() and int(step) < len(items):
        return items[int(step)], items[int(step)]
    return next(((item, item) for item in items if _text(_child(item, "name")) == step), None)


def _steps(key: str) -> list[str]:
    """``features[0].view`` as ``features``, ``0``, ``view``; names with dots or spaces are not found, and need not be."""
    return re.findall(r"[^.\[\]]+", key)


def _child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return next((value for key, value in _pairs(node) if _text(key) == name), None)


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _text(node: yaml.Node | None) -> str | None:
    return node.value if isinstance(node, yaml.ScalarNode) else None
