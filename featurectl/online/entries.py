"""Registry -> catalog entries: what the store says of a view or a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from featurectl.errors import MetadataError
from serving.errors import ServingError
from serving.format.catalog import Published, ServiceEntry, ServiceFeature, ViewEntry, encode_default
from serving.format.schemas import Schema
from serving.format.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from featurectl.registry import FeatureService, FeatureView
    from serving.format.types import WireType


def schema_of(view: FeatureView) -> Schema:
    """The row schema of a view: its features in contract order."""
    return Schema.of((feature.name, feature.data_type) for feature in view.features)


def view_entry(view: FeatureView, published: Published) -> ViewEntry:
    """The catalog entry of a view.

    Raises:
        MetadataError: A default that the catalog cannot carry.
    """
    schema = schema_of(view)
    return ViewEntry(
        name=view.name,
        version=view.version,
        is_latest=view.is_latest,
        entity=view.entity,
        join_keys=tuple((key.name, parse_type(key.data_type).name) for key in view.join_keys),
        features=tuple((name, wire_type.name) for name, wire_type in schema.columns),
        schema_id=f"{schema.id:08x}",
        published=published,
        ttl_seconds=view.ttl_seconds,
        defaults=_defaults(view, dict(schema.columns)),
        description=view.description,
        owner=view.owner,
        access=view.access,
        deprecation_date=view.deprecation_date,
    )


def _defaults(view: FeatureView, types: Mapping[str, WireType]) -> dict[str, Any]:
    encoded = {}
    for name, value in view.defaults.items():
        try:
            encoded[name] = encode_default(types[name], value)
        except ServingError as error:
            raise MetadataError(
                f"{view.reference_name}: config.meta.feature_view.defaults.{name}: {error.message}",
                hint=f"Write a {types[name].name} that JSON can carry, or leave the default out.",
            ) from error
    return encoded


def service_entry(service: FeatureService, published: Published) -> ServiceEntry:
    """The catalog entry of a service."""
    return ServiceEntry(
        name=service.name,
        features=tuple(
            ServiceFeature(
                view=feature.view,
                version=feature.version,
                feature=feature.feature,
                output_name=feature.output_name,
                join_keys=dict(feature.join_keys),
            )
            for feature in service.features
        ),
        published=published,
        training_set=service.training_set,
        description=service.description,
        owner=service.owner,
    )
