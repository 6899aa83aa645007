"""Files are written all or none, and over nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from featurectl.errors import ProjectError
from featurectl.init.writing import require_empty, write_new

FILES = {"a.txt": "a", "deep/er/b.txt": "b", "z.txt": "z"}


def everything(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_that_is_not_there_is_made(tmp_path):
    """With its parents."""
    assert write_new(tmp_path / "new" / "one", FILES) == sorted(FILES)
    assert everything(tmp_path / "new" / "one") == FILES


def test_a_file_that_is_there_stays_as_it_is(tmp_path):
    """Also one in a folder that both have; the others are written."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "mine.txt").write_text("mine")
    (tmp_path / "a.txt").write_text("mine")

    assert write_new(tmp_path, FILES) == ["deep/er/b.txt", "z.txt"]
    assert everything(tmp_path) == {**FILES, "a.txt": "mine", "deep/mine.txt": "mine"}


@pytest.mark.parametrize("existed", [True, False])
def test_a_failure_leaves_nothing(tmp_path, monkeypatch, existed):
    """The disk fails at the last move: what was moved is taken back, and a folder that was made is removed."""
    folder = tmp_path / "project"
    if existed:
        folder.mkdir()
    rename = Path.rename

    def failing(path, target):
        if Path(target).name == "z.txt":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ProjectError, match="No space left on device"):
        write_new(folder, FILES)

    assert folder.exists() is existed
    assert [*tmp_path.rglob("*")] == ([folder] if existed else [])


def test_files_of_a_fresh_repository_are_not_in_the_way(tmp_path):
    """A README, .git and an environment."""
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".venv").mkdir()

    require_empty(tmp_path)


def test_any_other_file_is_named(tmp_path):
    """The first five of them."""
    for name in "abcdefg":
        (tmp_path / f"{name}.py").touch()

    with pytest.raises(ProjectError, match=r"expected an empty folder, got a\.py, b\.py, c\.py, d\.py, e\.py, \.\.\."):
        require_empty(tmp_path)
