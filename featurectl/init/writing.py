"""Writes a set of files into a folder: all of them or none, and never over a file that is there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from featurectl.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a folder may hold and still count as empty: files of a fresh repository, an editor or an environment.
HARMLESS = frozenset(
    {".DS_Store", ".editorconfig", ".git", ".gitattributes", ".github", ".gitignore", ".idea", ".python-version"}
    | {".venv", ".vscode", "LICENSE", "LICENSE.md", "LICENSE.txt", "README", "README.md", "README.rst", "env", "venv"}
)
_NAMED = 5  # files in the way that the error names


def require_empty(folder: Path) -> None:
    """Refuse a folder that holds more than the files of a fresh repository.

    Raises:
        ProjectError: Names what is in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise ProjectError(f"{folder}: expected a folder, got a file", hint="Name a new folder.")
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    in_the_way = [name for name in found if name not in HARMLESS]
    if in_the_way:
        shown = ", ".join(in_the_way[:_NAMED]) + (", ..." if len(in_the_way) > _NAMED else "")
        raise ProjectError(
            f"{folder}: expected an empty folder, got {shown}",
            hint="Name a new folder, or run it in the folder of a dbt project to add the macros there.",
        )


def write_new(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write files that are not there yet; those that are stay as they are.

    They are made in a folder of their own and moved when the last is complete; after a failure nothing of them is left.

    Returns:
        The paths written, relative to the folder, sorted.

    Raises:
        ProjectError: The folder cannot be written.
    """
    created = next((path for path in (*reversed(folder.parents), folder) if not path.exists()), None)
    moved: list[Path] = []
    staged: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {path: text for path, text in files.items() if not (folder / path).exists()}
        staged = Path(tempfile.mkdtemp(prefix=".featurectl-init-", dir=folder))
        for path, text in wanted.items():
            target = staged / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        _move(staged, folder, moved)
    except OSError as error:
        _undo(moved, created)
        raise ProjectError(
            f"{folder}: expected a folder to write in, got {error.strerror}", hint="Nothing was written."
        ) from error
    finally:
        if staged is not None:
            shutil.rmtree(staged, ignore_errors=True)
    return sorted(wanted)


def _move(source: Path, folder: Path, moved: list[Path]) -> None:
    """Move entries, whole folders at once where there is none yet."""
    for entry in sorted(source.iterdir()):
        target = folder / entry.name
        if target.is_dir():
            _move(entry, target, moved)
            continue
        entry.rename(target)
        moved.append(target)


def _undo(moved: list[Path], created: Path | None) -> None:
    for path in moved:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if created is not None:
        shutil.rmtree(created, ignore_errors=True)
