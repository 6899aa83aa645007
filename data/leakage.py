"""What leakage does to a score: one model, one spine, three ways to join the features, on the flights of the example.

Usage:
    python data/leakage.py [--project-dir .] [--svg docs/leakage.svg]

Each way the same classifier learns from the flights until the end of September and is judged on those from October on, by the
area under the ROC curve: once on its own table, as a notebook shows it, and once on what was really known at each scheduled
departure, as the flights would have come in production.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from featurectl import Project

if TYPE_CHECKING:
    import pyarrow as pa

ROOT = Path(__file__).resolve().parents[1]
TIMES = "flight_id, tailnum, carrier, origin, dest, is_late, scheduled_departure"
SPINE = f"select {TIMES} from {{{{ ref('late_arrival_labels') }}}}"
# One instant for all flights, when every view is fresh: what a join to the newest values gives.
LATEST = f"select {TIMES}, timestamp '2013-12-30 18:00:00' as joined_at from {{{{ ref('late_arrival_labels') }}}}"
SPLIT = np.datetime64("2013-10-01")
SEED = 20130101


@dataclass(frozen=True)
class Way:
    """One way to join, and what came of it.

    Attributes:
        notebook: Score on the way's own rows from October on.
        production: Score of the same model on the point-in-time rows.
    """

    name: str
    notebook: float
    production: float


def tables(project: Project) -> dict[str, pa.Table]:
    """The three tables, rows in one order."""
    service = "late_arrival_model"
    joined = {
        "point in time": project.get_historical_features(SPINE, "scheduled_departure", service),
        "no created cut-off": project.get_historical_features(
            SPINE, "scheduled_departure", service, known_at_cutoff=False
        ),
        "latest values": project.get_historical_features(LATEST, "joined_at", service),
    }
    return {name: job.to_arrow().sort_by("flight_id") for name, job in joined.items()}


def matrix(table: pa.Table, features: list[str]) -> np.ndarray:
    """The numeric features as floats, nulls as NaN."""
    return np.column_stack([table[name].cast("float64").to_numpy(zero_copy_only=False) for name in features])


def ways(joined: dict[str, pa.Table]) -> list[Way]:
    """Train and judge each way."""
    honest = joined["point in time"]
    spine = {*TIMES.split(", "), "joined_at"}
    features = [field.name for field in honest.schema if field.name not in spine and _is_number(str(field.type))]
    is_late = honest["is_late"].to_numpy(zero_copy_only=False).astype(bool)
    is_test = honest["scheduled_departure"].to_numpy() >= SPLIT
    real = matrix(honest, features)
    results = []
    for name, table in joined.items():
        rows = matrix(table, features)
        model = HistGradientBoostingClassifier(random_state=SEED).fit(rows[~is_test], is_late[~is_test])
        scores = [
            float(roc_auc_score(is_late[is_test], model.predict_proba(test)[:, 1]))
            for test in (rows[is_test], real[is_test])
        ]
        results.append(Way(name, *scores))
    return results


def _is_number(arrow_type: str) -> bool:
    return arrow_type.startswith(("int", "float", "double", "decimal"))


def svg(results: list[Way]) -> str:
    """A bar chart: light is the notebook's score, dark is production's."""
    left, width, bar, gap, top = 150, 420, 18, 26, 40
    lines = []
    for number, way in enumerate(results):
        y = top + number * (2 * bar + gap)
        lines.append(f'<text x="{left - 10}" y="{y + bar + 5}" text-anchor="end">{way.name}</text>')
        for offset, (score, fill) in enumerate([(way.notebook, "#9db8d9"), (way.production, "#1f4e79")]):
            length = (score - 0.5) / 0.5 * width
            lines.append(
                f'<rect x="{left}" y="{y + offset * bar}" width="{length:.1f}" height="{bar - 2}" fill="{fill}"/>'
            )
            lines.append(f'<text x="{left + length + 6:.1f}" y="{y + offset * bar + 13}">{score:.3f}</text>')
    height = top + len(results) * (2 * bar + gap)
    legend = (
        f'<rect x="{left}" y="10" width="12" height="12" fill="#9db8d9"/><text x="{left + 18}" y="21">in the notebook</text>'
        f'<rect x="{left + 150}" y="10" width="12" height="12" fill="#1f4e79"/><text x="{left + 168}" y="21">in production</text>'
    )
    body = "\n  ".join([legend, *lines])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 70} {height}" width="{left + width + 70}" '
        f'font-family="sans-serif" font-size="13" role="img">\n'
        f"  <title>Area under the ROC curve by way of joining; bars start at 0.5, a coin</title>\n"
        f'  <rect width="100%" height="100%" fill="white"/>\n  {body}\n</svg>\n'
    )


def main() -> None:
    """Print the table; exit 1 unless leakage flatters."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project-dir", type=Path, default=ROOT, help="The built example.")
    parser.add_argument("--svg", type=Path, help="Draw the picture here.")
    arguments = parser.parse_args()
    results = ways(tables(Project(arguments.project_dir)))
    print("| features joined | score in the notebook | score in production |\n|---|---|---|")
    for way in results:
        print(f"| {way.name} | {way.notebook:.3f} | {way.production:.3f} |")
    if arguments.svg:
        arguments.svg.write_text(svg(results))
    honest, leaky, _ = results
    sys.exit(not (leaky.notebook > honest.notebook and leaky.production < honest.production))


if __name__ == "__main__":
    main()
