"""What a refusal of the command line looks like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click.testing import Result


def assert_refused(result: Result, exit_code: int, *messages: str) -> None:
    """One error, one hint, nothing on stdout; each message is a regular expression."""
    assert result.exit_code == exit_code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert len(re.findall("^Error: ", result.stderr, re.MULTILINE)) == 1
    assert len(re.findall("^Hint: ", result.stderr, re.MULTILINE)) == 1
    assert "Traceback" not in result.stderr
    for message in messages:
        assert re.search(message, result.stderr), result.stderr
