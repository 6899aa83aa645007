"""What all answers to one request have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Layout:
    """Names and order of an answer's columns, and what to know of the views they come from.

    Args:
        keys: Join key columns, in order of first use.
        features: Features, in request order.
        order: Position of each feature among the slots of all reads, in request order.
        deprecations: Reference of each deprecated view to its date.

    Attributes:
        names: All columns: join keys, then features.
        order: As given, or None where the slots are in request order already.
    """

    __slots__ = ("deprecations", "features", "keys", "names", "order")

    def __init__(
        self, keys: Sequence[str], features: Sequence[str], order: list[int], deprecations: Mapping[str, str]
    ) -> None:
        self.keys = tuple(keys)
        self.features = tuple(features)
        self.names = (*self.keys, *self.features)
        self.deprecations = deprecations
        self.order = None if order == sorted(order) else order

    def in_order(self, slots: list[Any]) -> list[Any]:
        """What belongs to each slot, read by read, in request order."""
        return slots if self.order is None else [slots[place] for place in self.order]
