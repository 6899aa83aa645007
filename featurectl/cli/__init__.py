"""The command line: parse, call one library function, print."""

from __future__ import annotations

from featurectl.cli.app import main

__all__ = ["main"]
