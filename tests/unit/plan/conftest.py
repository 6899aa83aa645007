"""Two sides of a plan: registries of a few declarations, and what a namespace serves after a sync of one."""

from __future__ import annotations

import msgspec
import pytest

from featurectl.online.entries import service_entry, view_entry
from featurectl.plan.compare import compare
from featurectl.plan.description import compiled_code, describe_catalog, describe_registry
from featurectl.registry import Column, FeatureService, PinnedFeature, Registry, TrainingSet
from serving.format.catalog import Catalog, Published
from serving.format.state import State

KEY, EVENT = Column("customer_id", "bigint"), Column("ordered_at", "timestamp")


class Side:
    """A registry to be changed, and both of its descriptions."""

    def __init__(self, make_view):
        self._make_view = make_view
        self.views, self.services, self.training_sets = {}, {}, {}
        self.retired = {}

    def view(self, name="orders", features=("orders_7d bigint",), **said):
        """Add a view, or put another in its place."""
        columns = tuple(Column(*feature.split(" ", 1)) for feature in features)
        said = {"compiled_code": "select 1", "columns": (KEY, EVENT, *columns), **said}
        self.views[name, said.get("version", 0)] = self._make_view(name, features=columns, **said)
        return self

    def training_set(self, *references, name="churn_training", **said):
        self.training_sets[name] = TrainingSet(
            **{
                "unique_id": f"model.shop.{name}", "name": name, "package": "shop", "description": "", "path": "",
                "relation": None, "event_timestamp": "t", "known_at_cutoff": True, "features": pinned(references),
                "columns": (), "spines": (), "owner": None, "access": "protected", "tags": (), **said,
            }
        )  # fmt: skip
        return self

    def service(self, *references, name="churn_model", **said):
        self.services[name] = FeatureService(
            **{
                "unique_id": f"exposure.shop.{name}", "name": name, "package": "shop", "description": "", "path": "",
                "training_set": None, "features": pinned(references), "owner": None, "tags": (), **said,
            }
        )  # fmt: skip
        return self

    def without(self, *names):
        """Take views (by name or `name@v2`), services and training sets out."""
        for name in names:
            view, _, version = name.partition("@v")
            found = [self.views.pop((view, int(version or 0)), None), self.services.pop(name, None)]
            assert any([*found, self.training_sets.pop(name, None)]), name
        return self

    def retire(self, *names):
        """Online alone: marked as having left the manifest."""
        self.retired |= dict.fromkeys(names, "2026-01-01T00:00:00Z")
        return self

    @property
    def registry(self):
        views = tuple(self.views[key] for key in sorted(self.views))
        lists = tuple(self.training_sets.values()), tuple(self.services.values())
        return Registry("shop", "duckdb", "2026-01-01T00:00:00Z", "i", "1.11", views, (), *lists)

    @property
    def declared(self):
        """As a manifest has it."""
        return describe_registry(self.registry, compiled_code(self.views.values()))

    @property
    def catalog(self):
        """As a sync leaves it."""
        at = Published("shop", "dev", "2026-01-01T00:00:00Z", "i", "2026-01-01T00:00:01Z")
        views = {key: view_entry(view, at) for key, view in self.views.items() if view.online}
        services = {name: service_entry(service, at) for name, service in self.services.items()}
        for name, since in self.retired.items():
            if name in services:
                services[name] = _retired(services[name], since)
            else:
                views[name, 0] = _retired(views[name, 0], since)
        return Catalog(1, views, services)

    @property
    def states(self):
        code = compiled_code(self.views.values())
        return {
            key: State("r", "2026-01-01T00:00:00Z", "0", 1, code_checksum=code[view.unique_id][view.name])
            for key, view in self.views.items()
            if view.unique_id in code
        }

    @property
    def served(self):
        return describe_catalog(self.catalog, self.states, "shop")

    @property
    def to_serve(self):
        """What a sync of it would make."""
        return describe_registry(self.registry, compiled_code(self.views.values()), only_online=True)


def _retired(entry, since):
    return msgspec.structs.replace(entry, retired_at=since)


def pinned(references):
    features = []
    for reference in references:
        view, _, feature = reference.partition(":")
        name, _, version = view.partition("@v")
        features.append(PinnedFeature(name, int(version or 0), feature, feature))
    return tuple(features)


@pytest.fixture
def side(make_view):
    """A new side: one view, `orders`, unless the test adds others."""
    return lambda: Side(make_view)


@pytest.fixture(params=["two manifests", "manifest against online"])
def changes(request):
    """The changes between two sides, by name, found both ways: the rule does not depend on where a side comes from."""

    def found(before, after):
        if request.param == "two manifests":
            made = compare(before.declared, after.declared)
        else:
            made = compare(before.served, after.to_serve)
        return {f"{change.kind} {change.name}": change for change in made}

    found.is_online = request.param != "two manifests"
    return found
