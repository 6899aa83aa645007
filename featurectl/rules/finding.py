"""Findings: what `featurectl check` says, one a problem."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from featurectl.manifest import Exposure, Node

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in the project's metadata.

    Attributes:
        rule: The rule's name, e.g. ``unknown-key``.
        node: Name of the model or exposure; ``name@v2`` of a version.
        path: File to edit, relative to its dbt project.
        message: ``<key>: expected <rule>, got <repr>``.
        hint: How to mend it.
        line: Line of the file, from 1, where it is known.
        sql: The part of the compiled SQL that it is about, if it is about SQL.
        unique_id: dbt's id of the model or exposure; empty where only its name and file are known.
        accepted: The reason for which the project accepts it, or None.
    """

    rule: str
    severity: Severity
    node: str
    path: str
    message: str
    hint: str | None = None
    line: int | None = None
    sql: str | None = None
    unique_id: str = ""
    accepted: str | None = None

    @property
    def key(self) -> str:
        """The dotted path that the message begins with, e.g. ``config.meta.feature_view.ttl.count``."""
        return self.message.partition(": ")[0]

    def __str__(self) -> str:
        """One line: where, what was expected, what came."""
        return f"{self.path}: {self.node}: {self.message}"


@dataclass(frozen=True, slots=True)
class Place:
    """A model or exposure under judgement; collects what is wrong with it."""

    node: str
    path: str
    findings: list[Finding] = field(default_factory=list)
    unique_id: str = ""

    @classmethod
    def of(cls, declared: Node | Exposure) -> Place:
        """The place of a model or exposure."""
        return cls(declared.label, declared.declared_in, unique_id=declared.unique_id)

    def error(self, rule: str, message: str, hint: str | None = None, *, sql: str | None = None) -> None:
        """Add a finding that fails `check`; where the rule is about a declaration, it stops every other command too."""
        self._add(rule, "error", message, hint, sql)

    def warn(self, rule: str, message: str, hint: str | None = None, *, sql: str | None = None) -> None:
        """Add a finding that only `check` prints."""
        self._add(rule, "warning", message, hint, sql)

    def expected(self, rule: str, key: str, wanted: str, got: Any, hint: str | None = None) -> None:
        """Add the usual error: a key with another value than it should have; None is an absent key or an empty one."""
        self.error(rule, f"{key}: expected {wanted}, got {'none' if got is None else repr(got)}", hint)

    @property
    def is_broken(self) -> bool:
        """Whether an error was found here."""
        return has_errors(self.findings)

    def _add(self, rule: str, severity: Severity, message: str, hint: str | None, sql: str | None) -> None:
        self.findings.append(
            Finding(rule, severity, self.node, self.path, message, hint, sql=sql, unique_id=self.unique_id)
        )


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings is an error."""
    return any(finding.severity == "error" for finding in findings)
