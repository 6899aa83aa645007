"""Every rule of `featurectl check`: its id, how grave a finding of it is, what it means, how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from featurectl.rules.finding import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        severity: Of each of its findings.
        meaning: What is so when it finds something, as half a sentence.
        mend: What to do, as an imperative sentence.
        is_acceptable: False where the declaration cannot be read: that stops every command.
        may_warn: True where a finding that is likely, not certain, is a warning.
    """

    severity: Severity
    meaning: str
    mend: str
    is_acceptable: bool = True
    may_warn: bool = False


def _declaration(meaning: str, mend: str) -> Rule:
    return Rule("error", meaning, mend, is_acceptable=False)


def _leak(meaning: str, mend: str) -> Rule:
    return Rule("error", meaning, mend, may_warn=True)


DECLARATIONS = {
    "column-type": _declaration(
        "a timestamp role is on a column that is no timestamp, or a tombstone on one that is no boolean",
        "Cast the column, or name another.",
    ),
    "contract": _declaration(
        "a feature view has no enforced contract, or a column of it no type",
        "Add `contract: {enforced: true}`, and name and data_type of every column: `featurectl init --model <name>` prints them.",
    ),
    "default-type": _declaration("a default does not fit its column", "Write a value of the column's type."),
    "duplicate": _declaration("a list names a column twice", "Name it once."),
    "duplicate-name": _declaration(
        "two packages have a feature view, training set or service of one name", "Rename one of the two."
    ),
    "duration": _declaration(
        "a duration has no positive count, or an unknown period", "Write `{count: 7, period: day}`."
    ),
    "exposure-type": _declaration("a feature service is an exposure of another type than ml", "Write `type: ml`."),
    "key-type": _declaration(
        "an entity's key has different types in two views: look-ups would miss",
        "Cast the key to one type in every view of the entity.",
    ),
    "materialization": _declaration(
        "a feature view is no SQL model built as a table, view or incrementally: dbt enforces no contract there",
        "Wrap it in a model of one line.",
    ),
    "misplaced-meta": _declaration("a block is under top-level `meta`", "Move it under `config`."),
    "name-clash": _declaration("two output columns of a training set have one name", "Give an item a prefix."),
    "no-features": _declaration(
        "a feature view has no column besides keys, times and excluded ones", "Add a column, or remove the block."
    ),
    "not-a-parent": _declaration(
        "a service's list names a view that `depends_on` does not", "Add the view to `depends_on`."
    ),
    "one-training-set": _declaration(
        "a service without a list depends on no training set, or on several", "Name exactly one in `depends_on`."
    ),
    "reference": _declaration("a text is no feature reference", "Write `view:feature`, `view:*` or `view@v2:feature`."),
    "required": _declaration(
        "a required key is missing; below a version because dbt merges meta shallowly",
        "Add it; repeat the block whole in a version.",
    ),
    "roles": _declaration("a column has two roles", "Name another column for one of them."),
    "servable-type": _declaration(
        "an online view has a key or feature of a type that cannot be served",
        "Cast it, exclude it, or set `online: false`.",
    ),
    "unknown-column": _declaration("a name is no column of the contract", "Write a column of the contract."),
    "unknown-key": _declaration("a block has a key that nothing reads", "Correct or remove it."),
    "unknown-name": _declaration(
        "a reference names a view, version, feature or key that is not there",
        "Write a name there is; `featurectl list` shows them.",
    ),
    "version": _declaration("a model's version is no positive integer", "Number the versions 1, 2, 3."),
    "wrong-type": _declaration(
        "a key has a value of another type", "Write a value of the type that the message names."
    ),
}

HYGIENE = {
    "alias": Rule(
        "warning",
        "a model has the block of dbt-features, which is read as ours where it says enough",
        "Write `config.meta.feature_view`: the dbt macros read that alone.",
    ),
    "built-table": Rule(
        "warning",
        "a built training set does not end in its features, by `target/catalog.json`",
        "Run `dbt build` and `dbt docs generate`; let nothing follow the macro's call.",
    ),
    "built-name-clash": Rule(
        "error",
        "the engine renamed a feature in the built table, because the spine has a column of its name",
        "Give the item a prefix.",
    ),
    "date-created-time": Rule(
        "warning",
        "the created timestamp is a date: the start of its day, so rows count as known too early",
        "Use a timestamp.",
    ),
    "date-event-time": Rule(
        "warning",
        "the event timestamp is a date: a daily aggregate stamped with its own day leaks",
        "Stamp it with the end of the day.",
    ),
    "deprecated": Rule(
        "error", "a service uses a view whose deprecation date has passed", "Move the service to the newer version."
    ),
    "deprecation": Rule(
        "warning",
        "a service uses a view that has a deprecation date, or a training set one whose date has passed",
        "Move to the newer version before that day.",
    ),
    "freshness-order": Rule("warning", "`error_after` is shorter than `warn_after`", "Exchange the two."),
    "hindsight": Rule(
        "warning",
        "a training set behind a service has `known_at_cutoff=false` over a view with a created timestamp",
        "Leave the argument out: a look-up never has a row before it was known.",
    ),
    "index": Rule(
        "warning",
        "on PostgreSQL a stored view has no index on its join keys and then the event timestamp",
        "Add `indexes` under `config`.",
    ),
    "key-not-null": Rule(
        "warning",
        "a join key has no `not_null` test and no such constraint",
        "Add `data_tests: [not_null]` to the column.",
    ),
    "key-unique": Rule(
        "warning",
        "nothing tests that join keys and timestamps are unique together",
        "Add `data_tests: [featurectl.unique_feature_rows]` to the model.",
    ),
    "misspelt-block": Rule(
        "warning", "a key under `config.meta` is nearly one of ours, and nothing reads it", "Correct it."
    ),
    "moving-list": Rule(
        "warning", "`view:*` behind a service: a column added to the view changes the service", "List the features."
    ),
    "on-schema-change": Rule(
        "error",
        "an incremental training set behind a service lets dbt change its columns silently",
        "Set `on_schema_change: fail`.",
    ),
    "overlapping-loads": Rule(
        "warning",
        "a microbatch model has `sync.loaded_at` and no `sync.lookback`: batches that run at once do not end in the order of their load times",
        "Set `lookback` to more than the longest batch takes.",
    ),
    "private-view": Rule(
        "warning",
        "a service reads a view that is private to a group, and has neither the group's owner nor a training set of less than public access",
        "Make the view protected, or give the service the group's owner.",
    ),
    "stray-block": Rule("error", "a block of an exposure is on a model, or the other way round", "Move it."),
    "sync-unused": Rule(
        "warning",
        "`sync` says how to read increments of a model that is not incremental",
        "Leave it out: a sync reads such a model in full.",
    ),
    "ttl-below-interval": Rule(
        "warning",
        "the TTL is shorter than the update interval (`freshness`, `config.freshness.build_after`, or a microbatch `batch_size`)",
        "Lengthen the TTL, or update more often.",
    ),
    "unpinned": Rule(
        "warning",
        "an unpinned reference to a versioned view behind a service",
        "Write `view@v2`: a new version would change the service.",
    ),
}

ACCEPTANCE = {
    "accept": Rule(
        "error",
        "an acceptance cannot be read: an unknown rule, one that cannot be accepted, or no reason",
        "Write `featurectl_accept: {<rule>: <reason>}`.",
        is_acceptable=False,
    ),
    "unused-accept": Rule("warning", "an acceptance has no finding to accept", "Remove it.", is_acceptable=False),
}

LEAKAGE = {
    "leakage/all-time": _leak(
        "an aggregate over all time is joined back to earlier rows, or stamped before the last row it uses",
        "Aggregate over the rows up to each event timestamp: a window, or `rolling_window`.",
    ),
    "leakage/clock": _leak(
        "the SQL reads the clock: a rebuild gives the past other values", "Use the row's own timestamps."
    ),
    "leakage/current-state": _leak(
        "a view with history joins a table that keeps only its current state, or keeps only its own newest rows",
        "Join a snapshot by the interval in which each state was true; keep every row.",
    ),
    "leakage/load-time": _leak(
        "the event timestamp is the time of loading", "Take the time at which the values became true."
    ),
    "leakage/lookahead": _leak(
        "a window reads later rows", "End the frame at the current row, or read earlier rows with `lag`."
    ),
    "leakage/period-start": _leak(
        "an aggregate of a period is stamped with the start of the period", "Stamp it with the end."
    ),
    "leakage/random": _leak("the SQL reads random values: no two builds agree", "Derive it from a hash of the key."),
    "leakage/not-compiled": Rule(
        "warning", "the manifest has no compiled SQL, as `dbt parse` leaves it", "Run `dbt compile` or `dbt build`."
    ),
    "leakage/unparsed": Rule(
        "warning", "the compiled SQL cannot be parsed, or is a python model", "Look it over by hand."
    ),
}

RULES = {**DECLARATIONS, **HYGIENE, **LEAKAGE, **ACCEPTANCE}


def is_acceptable(rule: str) -> bool:
    """Whether a finding of this rule can be accepted; such a finding stops no other command."""
    return rule in RULES and RULES[rule].is_acceptable
