"""An online view has only columns that the wire format can hold, and keys with one text per value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.errors import UnservableTypeError
from serving.format.types import parse_type, require_key_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from featurectl.registry import Column
    from featurectl.rules.finding import Place
    from featurectl.rules.roles import Roles


def check_servable(place: Place, roles: Roles) -> None:
    """Report key and feature types that a look-up could not answer; for views with ``online: true``."""
    for column in roles.join_keys:
        _check(place, column, require_key_type)
    for column in roles.features:
        _check(place, column, parse_type)


def _check(place: Place, column: Column, accept: Callable[[str], object]) -> None:
    if not column.data_type:  # reported with the contract
        return
    try:
        accept(column.data_type)
    except UnservableTypeError as error:
        place.error(
            "servable-type",
            f"columns.{column.name}.data_type: {error.message}",
            f"{error.hint} Or set `online: false`.",
        )
