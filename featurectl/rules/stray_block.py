"""A block under `config.meta` that nobody reads: misspelt, or on a node of another kind."""

from __future__ import annotations

import difflib
from itertools import chain
from typing import TYPE_CHECKING

from featurectl.rules import feature_view, service, training_set
from featurectl.rules.accept import BLOCK as ACCEPT
from featurectl.rules.finding import Place

if TYPE_CHECKING:
    from collections.abc import Collection

    from featurectl.manifest import Exposure, Manifest, Node
    from featurectl.rules.finding import Finding

ON_NODES = (feature_view.BLOCK, training_set.BLOCK, ACCEPT)
ON_EXPOSURES = (service.BLOCK, ACCEPT)
NEAR = 0.85  # `feature_veiw` and `feature_views` are; `feature_service` and `feature_store` are not


def check_stray_blocks(manifest: Manifest) -> list[Finding]:
    """Errors for blocks of ours at the wrong kind of node, warnings for keys that look like ours."""
    findings: list[Finding] = []
    nodes = chain(manifest.nodes.values(), manifest.sources.values())
    for node in nodes:
        findings += _check(node, node.config.meta or {}, ON_NODES, ON_EXPOSURES, "an exposure")
    for exposure in manifest.exposures.values():
        findings += _check(exposure, exposure.config.meta or {}, ON_EXPOSURES, ON_NODES, "a model")
    return findings


def _check(
    declared: Node | Exposure, keys: Collection[str], here: Collection[str], there: Collection[str], kind: str
) -> list[Finding]:
    place = Place.of(declared)
    for key in keys:
        if key in here:
            continue
        if key in there:
            place.error(
                "stray-block",
                f"config.meta.{key}: expected the block on {kind}, got it on {declared.unique_id}",
                f"Here nothing reads it: move it to {kind}.",
            )
        elif near := difflib.get_close_matches(str(key), here, n=1, cutoff=NEAR):
            place.warn(
                "misspelt-block",
                f"config.meta.{key}: expected {near[0]!r}, or a key that is not nearly it, got {key!r}",
                f"Did you mean {near[0]!r}? As it stands nothing reads the block.",
            )
    return place.findings
