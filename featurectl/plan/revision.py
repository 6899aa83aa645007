"""A project as a git revision has it, in a folder of its own: the working tree is never touched."""

from __future__ import annotations

import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from featurectl.errors import ProjectError


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and where the project is in it.

    Attributes:
        ref: As the user wrote it.
        commit: Full hash.
        toplevel: Of the repository.
        prefix: The project's folder below it; ``.`` where it is the top.
    """

    ref: str
    commit: str
    toplevel: Path
    prefix: Path

    def read(self, path: Path) -> bytes | None:
        """A committed file of the project; None where there is none."""
        name = (self.prefix / path).as_posix()
        return _git(self.toplevel, "cat-file", "blob", f"{self.commit}:{name}")

    def unpack(self, folder: Path) -> Path:
        """Put the whole commit into a folder, for a project may install packages from beside it.

        Returns:
            The project's folder in there.

        Raises:
            ProjectError: The commit has no dbt project there, or git cannot give it.
        """
        if self.read(Path("dbt_project.yml")) is None:
            raise ProjectError(
                f"--against {self.ref}: expected {(self.prefix / 'dbt_project.yml').as_posix()} in that commit, got none",
                hint="Name a commit that has the project at the same place.",
            )
        archive = folder / "commit.tar"
        if _git(self.toplevel, "archive", "--format=tar", f"--output={archive}", self.commit) is None:
            raise ProjectError(
                f"--against {self.ref}: expected the files of commit {self.commit[:12]}, got none from git",
                hint="Fetch them: a shallow or partial clone may lack them.",
            )
        checkout = folder / "checkout"
        with tarfile.open(archive) as tar:
            tar.extractall(checkout, filter="tar")
        archive.unlink()
        return checkout / self.prefix


def find_revision(project_dir: Path, ref: str) -> Revision:
    """The commit that a branch, tag or hash means in the project's repository.

    Raises:
        ProjectError: It means none, or the project is in no repository.
    """
    hint = (
        "Name a manifest.json, a folder that holds one, or a branch, tag or commit; fetch it first if it is a remote's."
    )
    toplevel = _git(project_dir, "rev-parse", "--show-toplevel")
    if toplevel is None:
        raise ProjectError(
            f"--against: expected a manifest.json, or a git ref of the project's repository, got {ref!r} without a repository",
            hint=hint,
        )
    commit = _git(project_dir, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        raise ProjectError(f"--against: expected a manifest.json or a git ref, got {ref!r}", hint=hint)
    top = Path(toplevel.decode().strip())
    return Revision(ref, commit.decode().strip(), top, project_dir.resolve().relative_to(top.resolve()))


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints; None where it fails, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)  # noqa: S607 - the user's own git
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
