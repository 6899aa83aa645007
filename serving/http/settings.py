"""What an operator decides about a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from serving.http.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one request may ask for.

    Attributes:
        body_bytes: Of the request's body, counted while it arrives.
        entities: Entity rows.
        features: Features, after ``view:*`` is expanded.
        seconds: From the request's head to the answer; the body has to arrive within it.
    """

    body_bytes: int = 4 * 2**20
    entities: int = 10_000
    features: int = 1_000
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the application needs to know; it travels to the worker processes.

    Attributes:
        store_url: As `serving.AsyncFeatureStore.from_url` takes it.
        namespace: Usually ``<dbt project>:<target>``.
        as_of: The instant that TTLs are measured from; None means now.
        tokens: Who may read what; None lets everyone read what is not private.
        cache: Bound of the row cache in entries and in seconds; None for no cache.
        access_log: Write one JSON line a request to stdout.
        board: Folder in which several workers share their counts; None for one worker.
    """

    store_url: str
    namespace: str
    as_of: datetime | None = None
    tokens: Tokens | None = None
    limits: Limits = field(default_factory=Limits)
    cache: tuple[int, float] | None = None
    access_log: bool = True
    board: Path | None = None
