"""Findings that a project accepts, each with a reason: `config.meta.featurectl_accept` of the node that has the finding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from featurectl.errors import did_you_mean
from featurectl.rules.finding import Place
from featurectl.rules.table import RULES, is_acceptable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from featurectl.manifest import Exposure, Manifest, Node
    from featurectl.rules.finding import Finding

BLOCK = "featurectl_accept"
KEY = f"config.meta.{BLOCK}"
ENTRY_ACCEPTED = ("sql", "reason")
HINT = "Write {<rule>: <reason>}, or {<rule>: [{sql: <part of the finding's SQL>, reason: ...}]} for one of several."


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One accepted rule on one node.

    Attributes:
        sql: A part of the SQL of the findings it accepts; None accepts all of the rule.
        key: Dotted path of the entry.
    """

    unique_id: str
    rule: str
    reason: str
    sql: str | None
    key: str

    def covers(self, finding: Finding) -> bool:
        """Whether it accepts the finding; white space and case of the SQL do not matter."""
        if (finding.unique_id, finding.rule) != (self.unique_id, self.rule):
            return False
        return self.sql is None or _squeezed(self.sql) in _squeezed(finding.sql or "")


def accept_findings(
    manifest: Manifest, findings: Iterable[Finding], was_checked: Callable[[str, str], bool]
) -> list[Finding]:
    """The findings, accepted ones with their reason; and what is wrong with the acceptances, after them.

    Args:
        was_checked: Whether a rule could be checked on a node (its unique id first): only then is an acceptance unused.
    """
    places = {declared.unique_id: Place.of(declared) for declared in _accepting(manifest)}
    acceptances = [
        acceptance for declared in _accepting(manifest) for acceptance in _read(declared, places[declared.unique_id])
    ]
    judged, used = _apply(findings, acceptances)
    for acceptance in acceptances:
        if acceptance not in used and was_checked(acceptance.unique_id, acceptance.rule):
            which = f" with the SQL {acceptance.sql!r}" if acceptance.sql else ""
            places[acceptance.unique_id].warn(
                "unused-accept",
                f"{acceptance.key}: expected a finding of {acceptance.rule!r}{which} to accept, got none",
                "What it accepted is gone: remove it.",
            )
    return [*judged, *(finding for place in places.values() for finding in place.findings)]


def _apply(findings: Iterable[Finding], acceptances: Sequence[Acceptance]) -> tuple[list[Finding], set[Acceptance]]:
    judged, used = [], set()
    for finding in findings:
        covering = [acceptance for acceptance in acceptances if acceptance.covers(finding)]
        used.update(covering)
        judged.append(replace(finding, accepted=covering[0].reason) if covering else finding)
    return judged, used


def _accepting(manifest: Manifest) -> Iterator[Node | Exposure]:
    declared: Iterable[Node | Exposure] = chain(
        manifest.nodes.values(), manifest.sources.values(), manifest.exposures.values()
    )
    return (each for each in declared if BLOCK in (each.config.meta or {}))


def _read(declared: Node | Exposure, place: Place) -> Iterator[Acceptance]:
    """The well-formed acceptances of a node; the others are reported."""
    block = (declared.config.meta or {})[BLOCK]
    if not isinstance(block, dict):
        place.expected("accept", KEY, "a mapping of rules to reasons", block, HINT)
        return
    for rule, value in block.items():
        key = f"{KEY}.{rule}"
        if not _is_known(place, key, rule):
            continue
        if isinstance(value, list) and value:
            for index, entry in enumerate(value):
                yield from _read_entry(place, f"{key}[{index}]", declared.unique_id, rule, entry)
        elif _is_reason(value):
            yield Acceptance(declared.unique_id, rule, value.strip(), None, key)
        else:
            place.expected("accept", key, "a reason as text, or a list of {sql, reason}", value, HINT)


def _is_known(place: Place, key: str, rule: Any) -> bool:
    if is_acceptable(rule):
        return True
    if rule in RULES:
        place.expected(
            "accept", key, "a rule that can be accepted", rule, "Mend what it finds: such a declaration cannot be read."
        )
    else:
        acceptable = [name for name in RULES if is_acceptable(name)]
        place.expected("accept", key, "a rule of check", rule, did_you_mean(str(rule), acceptable))
    return False


def _read_entry(place: Place, key: str, unique_id: str, rule: str, entry: Any) -> Iterator[Acceptance]:
    if not isinstance(entry, dict) or set(entry) != set(ENTRY_ACCEPTED) or not all(map(_is_reason, entry.values())):
        place.expected("accept", key, "{sql: <text>, reason: <text>}", entry, HINT)
        return
    yield Acceptance(unique_id, rule, entry["reason"].strip(), entry["sql"], key)


def _is_reason(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _squeezed(sql: str) -> str:
    return " ".join(sql.lower().split())
