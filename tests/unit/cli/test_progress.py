"""Progress on a real terminal: drawn by itself, gone when it is over, never in the way of results."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
import time

import pytest
from terminal import Terminal

from featurectl.cli.progress import Progress
from featurectl.online.report import ViewReport

ERASE = "\x1b[J"


@contextlib.contextmanager
def drawn_on(terminal, encoding="utf-8"):
    """Progress on the terminal, and a stream for results to the same one."""
    with os.fdopen(terminal.end, "w", encoding=encoding) as stream, Progress(stream) as progress:
        yield progress, stream


def names(lines):
    return [line.split()[0] for line in lines]


def started(*views):
    return [ViewReport(view, rows_expected=10) for view in views]


def test_a_view_is_drawn_as_its_report_changes_though_nobody_tells():
    """Also while the warehouse sorts, or the store is waited for."""
    terminal, report = Terminal(), ViewReport("orders", rows_expected=200)
    with drawn_on(terminal) as (progress, _):
        progress.update(report)
        terminal.wait(lambda lines: names(lines) == ["orders"] and "0%    0 rows" in lines[0])
        report.rows_read = 100
        terminal.wait(lambda lines: "━──" in lines[0] and "50%  100 rows" in lines[0])
        terminal.wait(lambda lines: "elapsed" in lines[0] and "00:00 elapsed" not in lines[0])
    assert terminal.last() == []


def test_a_result_takes_the_place_of_its_line_and_the_others_follow_below():
    terminal, reports = Terminal(), started("orders", "planes", "weather")
    with drawn_on(terminal) as (progress, out):
        for report in reports:
            progress.update(report)
        terminal.wait(lambda lines: names(lines) == ["orders", "planes", "weather"])
        with progress.result_of(reports[0]):
            print("ok orders", file=out, flush=True)
        terminal.wait(lambda lines: lines[:1] == ["ok orders"] and names(lines[1:]) == ["planes", "weather"])
        for report in reports[1:]:
            with progress.result_of(report):
                print(f"ok {report.view}", file=out, flush=True)
    assert terminal.last() == ["ok orders", "ok planes", "ok weather"]


def test_more_views_than_lines_leave_every_result_whole():
    """The screen scrolls under the lines."""
    terminal, reports = Terminal(lines=6), started(*(f"view_{number}" for number in range(40)))
    with drawn_on(terminal) as (progress, out):
        for report in reports:
            progress.update(report)
        terminal.wait(lambda lines: lines[-1] == "and 35 more")
        for report in reports:
            with progress.result_of(report):
                print(f"ok {report.view}", file=out, flush=True)
    assert terminal.last() == [f"ok view_{number}" for number in range(35, 40)]


def test_however_many_batches_from_however_many_threads_it_draws_ten_times_a_second_at_most():
    """Each view's first report is drawn at once besides."""
    terminal, reports = Terminal(), [ViewReport(f"view_{number}") for number in range(4)]
    began = time.monotonic()
    with drawn_on(terminal) as (progress, _):

        def work(report):
            for _ in range(20_000):
                report.rows_read += 1
                progress.update(report)

        threads = [threading.Thread(target=work, args=(report,)) for report in reports]
        for thread in threads:
            thread.start()
        terminal.wait(lambda lines: len(lines) == 4 and all(" 20,000 rows" in line for line in lines))
        for thread in threads:
            thread.join()
    seconds = time.monotonic() - began
    assert terminal.last() == []
    assert terminal.written.count(ERASE) <= len(reports) + seconds / 0.1 + 1, "the last one erases"


def test_a_terminal_made_narrower_gets_shorter_lines_and_one_made_wider_longer_ones():
    terminal, (report,) = Terminal(80), started("orders")
    with drawn_on(terminal) as (progress, _):
        progress.update(report)
        terminal.wait(lambda lines: names(lines) == ["orders"] and "0%   0 rows" in lines[0])
        terminal.resize(30)
        terminal.wait(lambda lines: lines == ["orders 0 rows"])
        terminal.resize(60)
        terminal.wait(lambda lines: len(lines) == 1 and "──  " in lines[0])


def test_an_error_finds_the_terminal_clear():
    terminal, (report,) = Terminal(), started("orders")

    def fail():
        with drawn_on(terminal) as (progress, _):
            progress.update(report)
            terminal.wait(lambda lines: names(lines) == ["orders"])
            raise ValueError(report.view)

    with pytest.raises(ValueError, match="orders"):
        fail()
    assert terminal.last() == []


def test_after_a_ctrl_c_there_is_the_message_alone():
    program = """
import sys, time, click
from featurectl.cli.progress import Progress
from featurectl.online.report import ViewReport
@click.command()
def main():
    with Progress(sys.stderr) as progress:
        for name in ("orders", "planes"):
            progress.update(ViewReport(name, rows_expected=10))
        while True:
            time.sleep(1)
main()
"""
    terminal = Terminal()
    with subprocess.Popen([sys.executable, "-c", program], stdout=terminal.end, stderr=terminal.end) as process:
        os.close(terminal.end)
        terminal.wait(lambda lines: names(lines) == ["orders", "planes"])
        process.send_signal(signal.SIGINT)
    assert [line for line in terminal.last() if line] == ["Aborted!"]


def test_a_terminal_that_cannot_move_its_cursor_gets_results_alone(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    terminal, (report,) = Terminal(), started("orders")
    with drawn_on(terminal) as (progress, out):
        progress.update(report)
        with progress.result_of(report):
            print("ok orders", file=out)
    terminal.last()
    assert terminal.written == "ok orders\r\n"


def test_an_encoding_without_lines_gets_ascii():
    terminal, (report,) = Terminal(), started("orders")
    with drawn_on(terminal, encoding="latin-1") as (progress, _):
        progress.update(report)
        terminal.wait(lambda lines: names(lines) == ["orders"] and "  -----" in lines[0])


def test_a_terminal_that_was_closed_does_not_end_the_sync():
    own, end = pty.openpty()
    reports = started("orders", "planes")
    stream = os.fdopen(end, "w")
    with Progress(stream) as progress:
        progress.update(reports[0])
        os.close(own)
        with pytest.raises(OSError, match="Input/output error"):
            os.write(end, b"so it is")
        progress.update(reports[1])
        with progress.result_of(reports[0]):
            pass
    with contextlib.suppress(OSError):
        stream.close()
