"""Look-ups of online features at inference: the same features, order and rules as the training table."""

from serving.aio import AsyncFeatureStore
from serving.answer import OnlineFeatures, Status
from serving.cache import Cache
from serving.client import FeatureStore
from serving.errors import (
    CatalogError,
    ConfigError,
    ConversionError,
    CorruptRowError,
    FormatError,
    KeyTypeError,
    MissingJoinKeyError,
    MissingPackageError,
    NameClashError,
    RequestError,
    ServingError,
    StoreError,
    TooManyEntitiesError,
    UnknownFeatureError,
    UnservableTypeError,
    ValueTypeError,
)

__all__ = [
    "AsyncFeatureStore",
    "Cache",
    "CatalogError",
    "ConfigError",
    "ConversionError",
    "CorruptRowError",
    "FeatureStore",
    "FormatError",
    "KeyTypeError",
    "MissingJoinKeyError",
    "MissingPackageError",
    "NameClashError",
    "OnlineFeatures",
    "RequestError",
    "ServingError",
    "Status",
    "StoreError",
    "TooManyEntitiesError",
    "UnknownFeatureError",
    "UnservableTypeError",
    "ValueTypeError",
]
