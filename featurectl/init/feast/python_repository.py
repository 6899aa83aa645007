"""Reads a Feast repository's Python files into definitions, without importing them or Feast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from featurectl.errors import ProjectError
from featurectl.init.feast.arguments import Arguments, shown
from featurectl.init.feast.definitions import Entity, Field, Projection, Repository, Service, Source, View
from featurectl.init.feast.modules import Modules
from featurectl.init.feast.values import Call, Selection, Symbol

if TYPE_CHECKING:
    from pathlib import Path

STREAMS = ("KafkaSource", "KinesisSource", "PushSource")
# Read with what holds them; each call of another class of Feast's is noted.
_PARTS = ("Source", "Field", "Feature", "Format", "Destination", "Config")
_UNCARRIED = {
    "on_demand_feature_view": "on-demand views compute at request time, which is not here yet: compute it in the caller, "
    "or in SQL where its inputs are features",
    "OnDemandFeatureView": "on-demand views compute at request time, which is not here yet: compute it in the caller",
    "stream_feature_view": "a transformation of a stream is Python: write it as SQL over the batch rows",
    "StreamFeatureView": "a transformation of a stream is Python: write it as SQL over the batch rows",
    "batch_feature_view": "its transformation is Python: write it as SQL in a model",
    "LabelView": "labels are rows of a spine: a model or seed with keys, instant and label",
    "Permission": "rights are dbt's `group` and `access`, and the tokens of `featurectl serve`",
    "SavedDataset": "a saved training set is a model that calls featurectl.training_set",
    "ValidationReference": "checks of values are dbt tests",
}
_KNOWN_KEYS = {"entity_key_serialization_version", "offline_store", "project", "registry", "version"}


def read_python_repository(root: Path) -> Repository:
    """The definitions, in the order of files and lines.

    Raises:
        ProjectError: There is no Feast repository, or a file that is no Python or YAML.
    """
    repository = Repository(str(root))
    _read_settings(root, repository)
    modules = Modules(root)
    calls = list(modules.calls())
    reader = _Reader(repository)
    for call in calls:
        if call.name == "Project":
            repository.project = repository.project or Arguments(repository, call).name
    for kind, read in (("Entity", reader.entity), ("FeatureView", reader.view), ("FeatureService", reader.service)):
        for call in calls:
            if call.name == kind or (kind == "FeatureView" and call.name == "BatchFeatureView"):
                read(call)
    for call in calls:
        if not (call.is_nested and call.name.endswith("Source")):  # that of a definition that is told itself
            reader.leave(call)
    for unread in modules.unread():
        what = f"a {unread.kind} that only running the file would make: read the JSON of `feast registry-dump` in its place"
        repository.lose(unread.where, unread.name, what)
    if not repository.views and not repository.losses:
        raise ProjectError(
            f"{root}: expected Python files with feature views of Feast, got none",
            hint="Name the folder of feature_store.yaml, or the JSON that `feast registry-dump` prints.",
        )
    return repository


def _read_settings(root: Path, repository: Repository) -> None:
    path = root / "feature_store.yaml"
    if not path.is_file():
        return
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise ProjectError(f"{path}: expected YAML, got {error}", hint="Mend it, or name another folder.") from None
    if not isinstance(settings, dict):
        return
    repository.project = str(settings.get("project") or "")
    offline = settings.get("offline_store") or settings.get("provider") or ""
    repository.offline_store = str(offline.get("type", "") if isinstance(offline, dict) else offline)
    for key, value in settings.items():
        if key == "online_store":
            kind = value.get("type", "sqlite") if isinstance(value, dict) else value
            what = (
                f"online_store {kind}: name yours in FEATURECTL_ONLINE_STORE and fill it with `featurectl sync-online`"
            )
            repository.lose(path.name, key, what)
        elif key not in _KNOWN_KEYS and key != "provider":
            repository.lose(path.name, str(key), "this setting has no counterpart here; left out")


class _Reader:
    """Turns calls into definitions; entities first, views next, services last."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._names: dict[int, str] = {}  # of a call that defines a view or an entity
        self._used_sources: set[int] = set()

    def entity(self, call: Call) -> None:
        arguments = Arguments(self.repository, call)
        keys = arguments.take("join_keys", "join_key")
        keys = [keys] if isinstance(keys, str) else keys
        if keys is not None and not _are_texts(keys):
            arguments.lose(f"join_keys={shown(keys)} cannot be read without running the file; taken as its name")
            keys = None
        dtype = _dtype(arguments.take("value_type", "dtype"))
        arguments.take("description", "tags", "labels", "owner")  # an entity is a word here, with no place of its own
        for word in ("description", "owner"):
            if isinstance(call.kwargs.get(word), str) and call.kwargs[word]:
                arguments.lose(f"{word}={shown(call.kwargs[word])}: an entity is a word in a view's block; left out")
        arguments.lose_the_rest()
        self._names[id(call)] = arguments.name
        self.repository.entities[arguments.name] = Entity(arguments.name, tuple(keys or [arguments.name]), dtype)

    def view(self, call: Call) -> None:
        arguments = Arguments(self.repository, call)
        self._names[id(call)] = arguments.name
        source = self._source(arguments, arguments.take("source", "batch_source", "input"))
        entities = [self._entity(arguments, each) for each in arguments.items("entities")]
        fields = [self._field(arguments, each) for each in arguments.items("schema", "features")]
        for transformation in ("udf", "feature_transformation", "aggregations"):
            if arguments.take(transformation) is not None:
                arguments.lose(
                    f"{transformation}: Python transformations are not carried; write it as SQL in the model"
                )
        view = View(
            name=arguments.name,
            where=call.where,
            entities=tuple(name for name in entities if name),
            fields=tuple(each for each in fields if each),
            source=source or Source(arguments.name, "", call.where),
            ttl_seconds=arguments.seconds("ttl"),
            online=arguments.flag("online", default=True),
            tags=arguments.texts("tags"),
            owner=arguments.text("owner") or "",
            description=arguments.text("description") or "",
        )
        arguments.lose_the_rest()
        if source is None:
            arguments.lose("a view without a source of rows is not carried")
        elif arguments.name in self.repository.views:
            arguments.lose(
                f"a second view of this name; that of {self.repository.views[arguments.name].where} is carried"
            )
        else:
            self.repository.views[arguments.name] = view

    def service(self, call: Call) -> None:
        arguments = Arguments(self.repository, call)
        parts = [self._projection(arguments, each) for each in arguments.items("features")]
        service = Service(
            name=arguments.name,
            where=call.where,
            projections=tuple(part for part in parts if part),
            tags=arguments.texts("tags"),
            owner=arguments.text("owner") or "",
            description=arguments.text("description") or "",
        )
        arguments.lose_the_rest()
        self.repository.services[arguments.name] = service

    def leave(self, call: Call) -> None:
        """Note a definition that no reader took."""
        arguments_of_none = call.name in {"Entity", "FeatureView", "BatchFeatureView", "FeatureService", "Project"}
        if arguments_of_none or id(call) in self._used_sources:
            return
        name = call.kwargs.get("name")
        shown_name = name if isinstance(name, str) else call.variable or call.name
        if call.name in _UNCARRIED:
            self.repository.lose(call.where, shown_name, _UNCARRIED[call.name])
        elif call.name == "RequestSource":
            what = "values of the request are given by the caller; request-time features are not here yet"
            self.repository.lose(call.where, shown_name, what)
        elif call.name.endswith("Source"):
            self.repository.lose(call.where, shown_name, f"no view that is carried uses this {call.name}; left out")
        elif call.name.endswith(("View", "Service", "Entity", "Transformation")):
            self.repository.lose(call.where, shown_name, f"a {call.name} has no counterpart here; left out")

    def _entity(self, arguments: Arguments, value: Any) -> str | None:
        name = value if isinstance(value, str) else self._names.get(id(value))
        if name in self.repository.entities:
            return name
        if isinstance(value, Call) and value.name == "Entity":
            self.entity(value)
            return self._names[id(value)]
        arguments.lose(f"entities: {shown(value)} is no entity of this repository; left out")
        return None

    def _field(self, arguments: Arguments, value: Any) -> Field | None:
        if not isinstance(value, Call) or value.name not in {"Field", "Feature"}:
            arguments.lose(f"schema: {shown(value)} cannot be read without running the file; left out")
            return None
        if len(value.args) > 1:
            value = Call(value.name, value.args[:1], {"dtype": value.args[1], **value.kwargs}, value.where)
        own = Arguments(self.repository, value)
        dtype = _dtype(own.take("dtype")) or ""
        description = own.text("description") or ""
        own.take("tags", "labels")
        if value.kwargs.get("tags"):
            own.lose(f"tags={shown(value.kwargs['tags'])} of a column are left out: dbt has tags on models")
        own.lose_the_rest()
        return Field(own.name, dtype, description, value.where)

    def _source(self, arguments: Arguments, value: Any) -> Source | None:
        if not isinstance(value, Call) or not value.name.endswith("Source"):
            if value is not None:
                arguments.lose(f"source={shown(value)} is not carried: a view over views is SQL here, with ref()")
            return None
        self._used_sources.add(id(value))
        own = Arguments(self.repository, value)
        if value.name in STREAMS:
            batch = own.take("batch_source")
            own.take("name")
            own.lose(
                f"what a {value.name} brings between two syncs is not carried: views are read from the batch source"
            )
            return self._source(arguments, batch)
        table = own.text("table", "table_ref")
        name = own.name if isinstance(value.kwargs.get("name"), str) else table or arguments.name
        source = Source(
            name=name,
            kind=value.name,
            where=value.where,
            path=own.text("path", "file_url"),
            table=table,
            schema=own.text("schema"),
            database=own.text("database", "data_source"),
            query=own.text("query"),
            timestamp_field=own.text("timestamp_field", "event_timestamp_column"),
            created_timestamp_column=own.text("created_timestamp_column"),
            field_mapping=own.texts("field_mapping"),
        )
        file_format = own.take("file_format")
        if isinstance(file_format, Call) and file_format.name != "ParquetFormat":
            own.lose(
                f"file_format={shown(file_format)}: only Parquet is carried; change `external_location` in sources.yml"
            )
        for word in ("description", "tags", "owner"):
            own.take(word)
        own.lose_the_rest()
        return source

    def _projection(self, arguments: Arguments, value: Any) -> Projection | None:
        if isinstance(value, Selection):
            base = self._projection(arguments, value.base)
            if base is None or not _are_texts(value.keys):
                arguments.lose(f"features: {shown(value)} cannot be read; left out") if base else None
                return None
            return Projection(base.view, tuple(value.keys), base.name, base.join_key_map)
        if isinstance(value, Call) and value.name in {".with_name", ".with_join_key_map"} and len(value.args) == 2:  # noqa: PLR2004
            base = self._projection(arguments, value.args[0])
            given = value.args[1]
            if base and value.name == ".with_name" and isinstance(given, str):
                return Projection(base.view, base.features, given, base.join_key_map)
            if base and isinstance(given, dict) and _are_texts(list(given.values())):
                return Projection(base.view, base.features, base.name, given)
        name = self._names.get(id(value))
        if name in self.repository.views and name is not None:
            return Projection(name)
        left_out = name or (value.variable or value.name if isinstance(value, Call) else shown(value))
        arguments.lose(f"features: {left_out} is not carried, so its features are missing from this service")
        return None


def _dtype(value: Any) -> str | None:
    """``Float32``, ``ValueType.INT64`` or ``Array(Float32)``; None where it is not to be read."""
    if isinstance(value, Symbol):
        return value.name
    if isinstance(value, Call):
        return f"{value.name}({', '.join(_dtype(arg) or '?' for arg in value.args)})"
    return None


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
