"""Look-ups of online features at inference: the same features, order and rules as the training table."""

from serving.answer import OnlineFeatures, Status
from serving.client import FeatureStore
from serving.errors import (
    CatalogError,
    ConfigError,
    CorruptRowError,
    FormatError,
    KeyTypeError,
    MissingJoinKeyError,
    NameClashError,
    RequestError,
    ServingError,
    StoreError,
    UnknownFeatureError,
    UnservableTypeError,
    ValueTypeError,
)

__all__ = [
    "CatalogError",
    "ConfigError",
    "CorruptRowError",
    "FeatureStore",
    "FormatError",
    "KeyTypeError",
    "MissingJoinKeyError",
    "NameClashError",
    "OnlineFeatures",
    "RequestError",
    "ServingError",
    "Status",
    "StoreError",
    "UnknownFeatureError",
    "UnservableTypeError",
    "ValueTypeError",
]
