"""What an error of featurectl shows where nobody catches it."""

from __future__ import annotations

import traceback

from featurectl.errors import ProjectError


def test_a_traceback_ends_with_the_hint():
    """The message alone is the error's text; the hint follows it in a traceback."""
    error = ProjectError("somewhere: expected this, got that", hint="Do so.")
    assert str(error) == "somewhere: expected this, got that"
    assert "".join(traceback.format_exception(error)).endswith("got that\nHint: Do so.\n")
