"""Look-ups through Feast's own client, for a Python that has Feast: each line of standard input is a request, of output what became of it."""

from __future__ import annotations

import json
import sys
from tempfile import TemporaryDirectory

from feast import FeatureService, FeatureStore
from feast.errors import FeastError
from feast.protos.feast.serving.ServingService_pb2 import FieldStatus
from feast.repo_config import RepoConfig


def look_up(store: FeatureStore, request: dict) -> dict:
    """The columns and statuses that Feast reads, or the class of the error that it raises."""
    service = request.pop("service", None)
    if service is not None:
        request["features"] = FeatureService(name=service, features=[])
    try:
        response = store.get_online_features(**request)
    except FeastError as error:
        return {"error": type(error).__name__}
    names = response.proto.metadata.feature_names.val
    statuses = [[FieldStatus.Name(each) for each in column.statuses] for column in response.proto.results]
    return {"columns": response.to_dict(), "statuses": dict(zip(names, statuses, strict=True))}


with TemporaryDirectory() as folder:
    config = RepoConfig(
        project="shop",
        registry=f"{folder}/registry.db",
        provider="local",
        online_store={"type": "remote", "path": sys.argv[1]},
        entity_key_serialization_version=3,
    )
    feast = FeatureStore(config=config)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(look_up(feast, json.loads(line))) + "\n")
