"""The rule of a split as docs/splits.md gives it in Python."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).resolve().parents[2] / "docs" / "splits.md"


def documented_split(folder: Path) -> Callable[..., str | None]:
    """The page's function, its own assertions run; its code is kept in a folder."""
    script = folder / "split.py"
    script.write_text(PAGE.read_text().split("```python\n")[1].split("```")[0])
    return runpy.run_path(str(script))["split"]
