"""A model with `config.meta.feature_view`: judged, then built as a feature view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.registry import FeatureView, Freshness
from featurectl.rules.block import Block
from featurectl.rules.feature_store_alias import alias_of, as_ours, in_our_words
from featurectl.rules.finding import Place
from featurectl.rules.materialization import check_materialization
from featurectl.rules.roles import read_roles, repeat_hint
from featurectl.rules.servable import check_servable

if TYPE_CHECKING:
    from featurectl.manifest import Node

BLOCK = "feature_view"
KEY = f"config.meta.{BLOCK}"
ACCEPTED = (
    "entity",
    "join_keys",
    "created_timestamp",
    "ttl",
    "tombstone",
    "online",
    "exclude",
    "defaults",
    "freshness",
    "sync",
)
FRESHNESS_ACCEPTED = ("warn_after", "error_after")
SYNC_ACCEPTED = ("lookback", "loaded_at")
MISPLACED_HINT = "Move it under `config`: `config: {meta: {feature_view: ...}}`."


def is_feature_view(node: Node) -> bool:
    """Whether a node carries the block, at its place or at the deprecated one, or the alias."""
    return BLOCK in (node.config.meta or {}) or BLOCK in (node.meta or {}) or alias_of(node) is not None


def read_feature_view(node: Node, place: Place) -> FeatureView | None:
    """The feature view of a node; None when it is none, for the reasons reported at its place."""
    alias = alias_of(node)
    if alias is not None:
        return _read_alias(node, alias, place)
    if BLOCK not in (node.config.meta or {}):
        place.error(
            "misplaced-meta", f"meta.{BLOCK}: expected the block under config.meta, got it above", MISPLACED_HINT
        )
        return None
    block = Block.of(place, KEY, (node.config.meta or {})[BLOCK], ACCEPTED)
    check_materialization(node, place)
    version = _read_version(node, place)
    if block is None:
        return None
    sync = block.block("sync", SYNC_ACCEPTED)
    roles = read_roles(node, block, sync)
    entity = block.required_text("entity", "the entity's name", repeat_hint(node))
    ttl_seconds = block.seconds("ttl")
    freshness = _read_freshness(block)
    lookback_seconds = sync.seconds("lookback") if sync else None
    online = block.flag("online", default=True)
    if online:
        check_servable(place, roles)
    if place.is_broken or entity is None or roles.event_timestamp is None:
        return None
    return FeatureView(
        unique_id=node.unique_id,
        name=node.name,
        version=version,
        is_latest=node.latest_version is None or str(node.latest_version) == str(node.version),
        package=node.package_name,
        description=node.description or "",
        path=node.original_file_path,
        relation=node.relation,
        materialized=node.config.materialized or "",
        entity=entity,
        columns=roles.columns,
        join_keys=roles.join_keys,
        event_timestamp=roles.event_timestamp,
        created_timestamp=roles.created_timestamp,
        tombstone=roles.tombstone,
        features=roles.features,
        ttl_seconds=ttl_seconds,
        online=online,
        defaults=roles.defaults,
        freshness=freshness,
        lookback_seconds=lookback_seconds or 0,
        loaded_at=roles.loaded_at,
        owner=node.config.group or node.group,
        access=node.access or node.config.access or "protected",
        tags=tuple(node.tags),
        deprecation_date=node.deprecated_from,
        compiled_code=node.compiled_code,
        depends_on=tuple(node.depends_on.nodes),
    )


def _read_alias(node: Node, alias: str, place: Place) -> FeatureView | None:
    """The view that another tool's block means; what it lacks is warned of, for it was never meant for us."""
    ours = as_ours(node, alias)
    judged = Place.of(node)
    view = read_feature_view(ours, judged)
    got = "read as one" if view else "not read as one"
    place.warn(
        "alias",
        f"config.meta.{alias}: expected {KEY} to mark a feature view, got the block of dbt-features, {got}",
        f"Write under config: `{in_our_words(ours)}`; the dbt macros read that alone.",
    )
    for finding in judged.findings:
        place.warn(finding.rule, finding.message, finding.hint)
    return view


def _read_version(node: Node, place: Place) -> int:
    """The version as a number; 0 for a model without versions."""
    version: Any = node.version
    if version is None:
        return 0
    if isinstance(version, str) and version.isascii() and version.isdigit():
        version = int(version)
    if not isinstance(version, int) or version < 1:
        place.expected("version", "version", "a positive integer", node.version)
        return 0
    return version


def _read_freshness(block: Block) -> Freshness:
    freshness = block.block("freshness", FRESHNESS_ACCEPTED)
    if freshness is None:
        return Freshness()
    return Freshness(freshness.seconds("warn_after"), freshness.seconds("error_after"))
