"""dbt's profiles.yml, read without dbt: which target, which adapter, which credentials."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import yaml

from featurectl.errors import ProjectError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILES_FILE = "profiles.yml"
_MISSING = object()
_DEBUG_HINT = "Check it with `dbt debug`."


class _UnsetVariableError(Exception):
    """An environment variable without a default is not set."""


@dataclass(frozen=True, slots=True)
class Target:
    """One output of a profile.

    Attributes:
        name: Of the target, e.g. ``prod``.
        is_default: True for the profile's own target.
        adapter_type: ``duckdb``, ``postgres``, ...
        settings: Its keys, rendered; holds secrets, so it is never printed.
        where: File, profile and target, for messages.
    """

    profile: str
    name: str
    is_default: bool
    adapter_type: str
    settings: dict[str, Any]
    where: str

    def __repr__(self) -> str:
        return f"Target({self.where})"


def read_target(
    project_dir: Path, *, target: str | None = None, profile: str | None = None, profiles_dir: Path | None = None
) -> Target:
    """The target that dbt would use with the same options.

    Args:
        project_dir: The folder of dbt_project.yml, which names the profile unless `profile` does.
        target: Name of the output; None means the profile's own.
        profile: Name of the profile.
        profiles_dir: Folder of profiles.yml; None means the project's folder, then ``~/.dbt``.

    Raises:
        ProjectError: A file, the profile or the target is absent, or a variable of the environment is not set.
    """
    name = profile or _project_profile(project_dir)
    path = _profiles_path(project_dir, profiles_dir)
    profiles = _load(path)
    if name not in profiles:
        raise ProjectError(
            f"{path}: expected the profile {name!r}, got none", hint=did_you_mean(name, map(str, profiles))
        )
    found = _mapping(profiles[name], f"{path}: {name}")
    outputs = _mapping(found.get("outputs") or {}, f"{path}: {name}: outputs")
    default = str(_rendered(found.get("target", "default"), f"{path}: {name}: target"))
    chosen = target or default
    where = f"{path}: {name}: {chosen}"
    if chosen not in outputs:
        raise ProjectError(
            f"{path}: {name}: expected the target {chosen!r}, got none", hint=did_you_mean(chosen, map(str, outputs))
        )
    settings = _rendered(_mapping(outputs[chosen], where), where)
    return Target(name, chosen, chosen == default, str(settings.get("type")), settings, where)


def _project_profile(project_dir: Path) -> str:
    path = project_dir / "dbt_project.yml"
    name = _rendered(_load(path).get("profile"), f"{path}: profile")
    if not isinstance(name, str):
        raise ProjectError(
            f"{path}: profile: expected the name of a profile, got {'none' if name is None else repr(name)}",
            hint="Or name one with --profile.",
        )
    return name


def _profiles_path(project_dir: Path, given: Path | None) -> Path:
    folders = [given] if given else [project_dir, Path.home() / ".dbt"]
    for folder in folders:
        if (folder / PROFILES_FILE).is_file():
            return folder / PROFILES_FILE
    raise ProjectError(
        f"expected {PROFILES_FILE} in {' or '.join(str(folder) for folder in folders)}, got none",
        hint="Copy profiles.yml.example, or name its folder with --profiles-dir.",
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProjectError(f"{path}: expected a readable file, got {error.strerror}", hint=_DEBUG_HINT) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        # `from None`, and nothing of the parser's message but the place: it quotes the line, which may hold a secret.
        mark = getattr(error, "problem_mark", None)
        place = f"something else at line {mark.line + 1}, column {mark.column + 1}" if mark else "something else"
        raise ProjectError(f"{path}: expected YAML, got {place}", hint=_DEBUG_HINT) from None
    return _mapping(loaded, str(path))


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProjectError(f"{where}: expected a mapping, got {type(value).__name__}", hint=_DEBUG_HINT)
    return value


def _rendered(value: Any, where: str) -> Any:
    """The value with its Jinja rendered as dbt does: env_var, and the filters that say the type."""
    if isinstance(value, dict):
        return {key: _rendered(item, f"{where}: {key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_rendered(item, where) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    native: list[Any] = []
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - no HTML here
    environment.globals["env_var"] = _env_var
    for name, convert in _CONVERSIONS.items():
        environment.filters[name] = partial(_convert, native, convert)
    try:
        text = environment.from_string(value).render()
    except _UnsetVariableError as error:
        raise ProjectError(
            f"{where}: {error}", hint="Set the variable, or write a default: env_var('NAME', 'default')."
        ) from None
    except (jinja2.TemplateError, TypeError, ValueError, yaml.YAMLError) as error:
        # The reason may quote the value, so it is not shown.
        raise ProjectError(
            f"{where}: expected Jinja with env_var and {', '.join(_CONVERSIONS)} alone, got {type(error).__name__}",
            hint=_DEBUG_HINT,
        ) from None
    return native[-1] if native else text


def _convert(native: list[Any], convert: Callable[[str], Any], value: Any) -> Any:
    native.append(convert(str(value)))
    return value


def _env_var(name: str, default: Any = _MISSING) -> Any:
    value = os.environ.get(name, default)
    if value is _MISSING:
        message = f"expected the environment variable {name} to be set, got nothing"
        raise _UnsetVariableError(message)
    return value


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)


def _boolean(text: str) -> bool:
    return text.strip().lower() in {"true", "1", "yes"}


_CONVERSIONS: dict[str, Callable[[str], Any]] = {
    "as_number": _number,
    "as_bool": _boolean,
    "as_native": yaml.safe_load,
    "as_text": str,
}
