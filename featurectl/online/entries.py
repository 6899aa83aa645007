"""Registry -> catalog entries: what the store says of a view or a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.format.catalog import Published, ServiceEntry, ServiceFeature, ViewEntry, encode_default
from serving.format.schemas import Schema
from serving.format.types import parse_type

if TYPE_CHECKING:
    from featurectl.registry import FeatureService, FeatureView


def schema_of(view: FeatureView) -> Schema:
    """The row schema of a view: its features in contract order."""
    return Schema.of((feature.name, feature.data_type) for feature in view.features)


def view_entry(view: FeatureView, published: Published) -> ViewEntry:
    """The catalog entry of a view."""
    schema = schema_of(view)
    types = dict(schema.columns)
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
        defaults={name: encode_default(types[name], value) for name, value in view.defaults.items()},
        description=view.description,
        owner=view.owner,
        access=view.access,
        deprecation_date=view.deprecation_date,
    )


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
