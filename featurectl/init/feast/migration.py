"""MIGRATION.md: what was carried from a Feast repository, what was not, and what means something else here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from featurectl.init.feast.definitions import Loss

_MEANINGS = """\
## What means something else here

- **Created timestamp.** Here a row counts only from the moment it was known: `created timestamp <= the label's instant`. There it breaks
  ties alone. If a column only says when a row was last loaded, take `created_timestamp` out of the view's block; or compare once
  with `known_at_cutoff=false` in `training_set`.
- **TTL.** The same in training and look-ups: counted from the event timestamp, bounds included. No TTL and a TTL of 0 both mean never stale.
- **A label without features** keeps its row; the features are null, or the default that the view declares.
- **Exact ties** give one row.
- **Tests** on the views warn, because nobody has seen the data yet. Take `severity: warn` out when they pass.
"""


def migration_page(models: dict[str, str], services: tuple[str, ...], losses: tuple[Loss, ...], engine: str) -> str:
    """The page, whole."""
    carried = "\n".join(f"- `{view}` is `models/feature_views/{model}.sql`" for view, model in models.items())
    served = "\n".join(f"- feature service `{name}`" for name in services) or "- no feature service"
    if losses:
        rows = "\n".join(f"| `{loss.where}` | {_cell(loss.name)} | {_cell(loss.what)} |" for loss in losses)
        lost = f"| where | what | now |\n|---|---|---|\n{rows}"
    else:
        lost = "Nothing: all of it was carried."
    return (
        f"# From Feast\n\n## Carried, with the types of {engine}\n\n{carried}\n{served}\n\n"
        f"## Not carried, or guessed\n\n{lost}\n\n{_MEANINGS}"
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
