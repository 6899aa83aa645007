"""One snippet as a feature view, and what the lint says of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from shop_models import Snippet


@pytest.fixture
def lint():
    """The findings for SQL of the corpus's shop, in a dialect."""

    def findings_of(sql, adapter="postgres"):
        return Snippet("inline", adapter, frozenset(), is_hard=False, sql=sql).findings()

    return findings_of
