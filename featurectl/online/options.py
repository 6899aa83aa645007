"""How to sync, as the command line says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Options:
    """How to sync.

    Attributes:
        as_of_us: The instant in the place of now, UTC microseconds since 1970; None means the warehouse's clock.
        since_us: Read only rows with a >= this, and leave the watermark as it is; None reads by the rules.
        force: Publish although a newer manifest has published the view, or its quality gate is shut.
        accept_breaking: Publish changes that break services or clients (`featurectl.plan.compare`).
        full_refresh: Make the store equal the warehouse: replace newer rows, remove absent ones.
        dry_run: Say what would be read and written; write nothing.
        threads: Views at a time.
        refusals: View's dbt unique id to why its quality gate is shut.
        doubts: View's dbt unique id to what is not known of it; a warning, no reason to refuse.
    """

    target: str
    git_commit: str | None = None
    as_of_us: int | None = None
    since_us: int | None = None
    force: bool = False
    accept_breaking: bool = False
    full_refresh: bool = False
    dry_run: bool = False
    threads: int = 1
    refusals: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
