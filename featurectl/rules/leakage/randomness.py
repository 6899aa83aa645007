"""leakage/random: SQL whose values differ from one run to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from featurectl.rules.leakage.bounds import is_unused, outermost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from featurectl.rules.leakage.subject import Subject
    from featurectl.rules.leakage.tree import Statement

_KINDS = (exp.Rand, exp.Randn, exp.Randstr, exp.Uuid, exp.Shuffle)
_NAMES = frozenset(
    [
        "random",
        "rand",
        "randn",
        "rand32",
        "rand64",
        "randcanonical",
        "randuniform",
        "randnormal",
        "randomstring",
        "random_string",
        "uuid",
        "uuidv4",
        "uuidv7",
        "uuid7",
        "uuid4",
        "gen_random_uuid",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "uuid_string",
        "generate_uuid",
        "generateuuidv4",
        "generateuuidv7",
        "newid",
        "newsequentialid",
        "sys_guid",
        "random_uuid",
        "gen_random_bytes",
        "random_normal",
        "monotonically_increasing_id",
        "rand_bytes",
        "randomblob",
        "shuffle",
        "setseed",
    ]
)
_HINT_VALUE = "Derive it from the keys, e.g. a hash of the join keys and the event timestamp; `featurectl.split` splits by a hash."


def check_random(subject: Subject) -> None:
    """Report random values that are used, samples, and numbers given in no order."""
    for call in _random_calls(subject.statement):
        if is_unused(call, subject):
            continue  # the id of a build, or of a row that nobody joins by
        subject.say("random", "the same values from every build", outermost(call), _HINT_VALUE)
    for sample in subject.statement.all(exp.TableSample):
        parent = sample.parent
        about = parent if isinstance(parent, exp.Table) else sample
        hint = (
            "Keep every row; take a sample by a hash of the join keys where the model is trained (`featurectl.split`)."
        )
        subject.say("random", "every row, or a sample chosen by a hash of the keys", about, hint)
    for window in subject.statement.all(exp.Window):
        if isinstance(window.this, exp.RowNumber) and _is_unordered(window):
            hint = "Order it by the event timestamp, and by a key that breaks ties."
            subject.say("random", "rows numbered in an order", window, hint, "warning")


def _random_calls(statement: Statement) -> Iterator[exp.Expr]:
    for call in statement.all(*_KINDS):
        is_named_uuid = isinstance(call, exp.Uuid) and call.args.get("name") is not None  # of its arguments: version 5
        if not is_named_uuid and not isinstance(call.parent, (exp.Randstr, exp.Uniform)):
            yield call
    for function in statement.all(exp.Anonymous):
        if function.name.lower() in _NAMES:
            yield function


def _is_unordered(window: exp.Window) -> bool:
    order = window.args.get("order")
    if order is None:
        return window.args.get("alias") is None
    return all(
        isinstance(term.this.unnest(), (exp.Literal, exp.Null, exp.Subquery, exp.Boolean)) for term in order.expressions
    )
