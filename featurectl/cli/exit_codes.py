"""The exit code of every expected error, those of `serving` included."""

from __future__ import annotations

import click

from featurectl.errors import FeaturectlError, OnlineStoreError, UnknownNameError
from serving.errors import RequestError, ServingError, UnknownFeatureError

# Most special first: the first that fits decides.
SERVING_EXIT_CODES: tuple[tuple[type[ServingError], int], ...] = (
    (UnknownFeatureError, UnknownNameError.exit_code),
    (RequestError, click.UsageError.exit_code),
    (ServingError, OnlineStoreError.exit_code),
)


def exit_code_of(error: FeaturectlError | ServingError) -> int:
    """The documented exit code of an expected error."""
    if isinstance(error, FeaturectlError):
        return error.exit_code
    return next(code for kind, code in SERVING_EXIT_CODES if isinstance(error, kind))
