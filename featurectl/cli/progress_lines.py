"""The lines that tell how far views are, as wide as a terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from featurectl.cli.text import counted

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Sequence

    from featurectl.online.report import ViewReport

_NARROW = 40  # columns; below, there is room for a name and its rows alone
_LEAST_BAR, _LONGEST_BAR = 8, 40  # columns
_SHORT_NAME = 16  # columns; longer names are cut before anything else is left out
_GAP = "  "
_PLAIN = str.maketrans("━─…", "#-~")  # for an encoding that lacks them


@dataclass(slots=True)
class ViewProgress:
    """A view under way.

    Attributes:
        began: When it was first told of; `time.monotonic()`, as is every time here.
        flow: When rows were first seen to come, and how many had by then: rows a second are counted from there.
    """

    report: ViewReport
    began: float
    flow: tuple[float, int] | None = None

    @property
    def share(self) -> float | None:
        """Of the rows expected, 0 to 1 even where more came; None where nothing is expected."""
        expected = self.report.rows_expected
        return None if expected is None else min(1, self.report.rows_read / max(1, expected))

    def cells(self, now: float) -> list[str]:
        """Percentage, rows, rows a second, and the time left or else elapsed; as wide as they usually become."""
        rows, expected = self.report.rows_read, self.report.rows_expected
        if self.flow is None and rows:
            self.flow = (now, rows)
        since, before = self.flow or (now, rows)
        rate = (rows - before) / (now - since) if rows > before and now > since else 0
        if expected is not None and rate and rows < expected:
            clock = f"{_clock((expected - rows) / rate)} left"
        else:
            clock = f"{_clock(now - self.began)} elapsed"
        return [
            "" if self.share is None else f"{int(self.share * 100):3}%",
            counted(rows, "row").rjust(len(counted(expected or 0, "row"))),
            (f"{rate:,.0f}/s" if rate else "").rjust(len("999,999/s")),
            clock.rjust(len("00:00 elapsed")),
        ]


def progress_lines(views: Collection[ViewProgress], now: float, size: os.terminal_size, encoding: str) -> list[str]:
    """A line a view, as many and as wide as fit; the last column stays free, for some terminals begin a new line there.

    What there is no room for is left out: first the time, then rows a second, then the bar. Views that are done, but whose
    results wait for those before them, share a line.
    """
    running = [view for view in views if not view.report.seconds]
    room = size.columns - 1
    lines = _bars(running, now, room) if size.columns >= _NARROW else _rows_alone(running, room)
    if running and len(running) < len(views):
        lines.append(f"{counted(len(views) - len(running), 'view')} done, results follow in order")
    if len(lines) > size.lines:
        lines[size.lines - 1 :] = [f"and {len(lines) - size.lines + 1} more"]
    return [_written(_cut(line, room), encoding) for line in lines]


def _rows_alone(views: Sequence[ViewProgress], room: int) -> list[str]:
    lines = []
    for view in views:
        rows = counted(view.report.rows_read, "row")
        lines.append(f"{_cut(view.report.view, room - 1 - len(rows))} {rows}")
    return lines


def _bars(views: Sequence[ViewProgress], now: float, room: int) -> list[str]:
    cells = _aligned([view.cells(now) for view in views])
    longest_name = max((_width(view.report.view) for view in views), default=0)
    least_bar = _LEAST_BAR if any(view.share is not None for view in views) else 0
    tails, free = [""] * len(views), room
    for kept in (4, 3, 2):
        tails = [_GAP.join(row[:kept]) for row in cells]
        free = room - 2 * len(_GAP) - max(map(len, tails), default=0)  # for names and bars
        if free - least_bar >= min(longest_name, _SHORT_NAME):
            break
    else:
        least_bar = 0
    name_width = min(longest_name, free - least_bar)
    bar_width = min(free - name_width, _LONGEST_BAR) if least_bar else 0
    names = [_cut(view.report.view, name_width) for view in views]
    return [
        name + " " * (name_width - _width(name)) + _GAP + _bar(view.share, bar_width) + tail
        for name, view, tail in zip(names, views, tails, strict=True)
    ]


def _bar(share: float | None, width: int) -> str:
    full = int((share or 0) * width)
    bar = " " * width if share is None else "━" * full + "─" * (width - full)
    return bar + _GAP if bar else ""


def _aligned(rows: list[list[str]]) -> list[tuple[str, ...]]:
    columns = [[cell.rjust(max(map(len, column))) for cell in column] for column in zip(*rows, strict=True)]
    return list(zip(*columns, strict=True))


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds))).removeprefix("0:")


def _width(text: str) -> int:
    """Columns of a terminal; ideographs take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _cut(text: str, width: int) -> str:
    """The text, or as much of its beginning as there is room for."""
    if _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return f"{text}…"[: max(0, width)]


def _written(line: str, encoding: str) -> str:
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return line.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return line
