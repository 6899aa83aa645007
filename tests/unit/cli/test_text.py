"""Claims about plain text for people."""

from __future__ import annotations

import pytest

from featurectl.cli.text import counted


@pytest.mark.parametrize(("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")])
def test_a_number_has_its_noun(number, text):
    assert counted(number, "row") == text
