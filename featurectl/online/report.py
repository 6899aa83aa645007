"""What a sync did, one record a view."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ViewReport:
    """The outcome of one view.

    Attributes:
        view: Reference name.
        read: What was looked at and why, e.g. ``full: a table is always read whole``.
        rows_expected: About how many rows will be read, for progress; None where that is not known before.
        rows_read: Newest due rows, one an entity.
        written: Rows put into the store.
        skipped_older: Rows for which the store holds a newer one.
        deleted: Rows removed because the warehouse has none for the entity (a full refresh).
        expired: Rows past their expiry; not written.
        null_keys: Rows in the warehouse with a null join key; never written.
        rejected: Rows with a value that the declared type cannot hold; not written.
        bytes: Of the rows sent.
        seconds: It took; 0 until it is done.
        watermark_us: Greatest a = greatest(e, c) read, UTC microseconds since 1970.
        problems: Why the view is not (wholly) published; empty for a success.
        hint: What to do about it.
        warnings: What to know though it is published, e.g. that the version is deprecated.
    """

    view: str
    read: str = ""
    rows_expected: int | None = None
    rows_read: int = 0
    written: int = 0
    skipped_older: int = 0
    deleted: int = 0
    expired: int = 0
    null_keys: int = 0
    rejected: int = 0
    bytes: int = 0
    seconds: float = 0.0
    watermark_us: int | None = None
    problems: list[str] = field(default_factory=list)
    hint: str | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        """True where everything that is due was written."""
        return not self.problems

    def counts(self) -> dict[str, int]:
        """Rows by what became of them, as the sync state keeps them."""
        return {
            "read": self.rows_read,
            "written": self.written,
            "skipped_older": self.skipped_older,
            "deleted": self.deleted,
            "expired": self.expired,
            "null_keys": self.null_keys,
            "rejected": self.rejected,
        }
