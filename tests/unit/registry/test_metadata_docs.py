"""Claim: docs/metadata.md documents exactly the keys that are accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from featurectl.rules import feature_list, feature_view, service, training_set

PAGE = (Path(__file__).parents[3] / "docs" / "metadata.md").read_text(encoding="utf-8")


def documented_keys(heading):
    """First cells of the first table below a heading."""
    section = re.split(r"^#+ ", PAGE.split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]
    return re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "accepted"),
    [
        ("`config.meta.feature_view`, on a model", feature_view.ACCEPTED),
        ("Keys of `freshness`", feature_view.FRESHNESS_ACCEPTED),
        ("Keys of `sync`", feature_view.SYNC_ACCEPTED),
        ("`config.meta.training_set`, on a model", training_set.ACCEPTED),
        ("Keys of an item", feature_list.ITEM_ACCEPTED),
        ("`config.meta.feature_service`, on an exposure of type `ml`", service.ACCEPTED),
    ],
)
def test_every_accepted_key_is_documented_and_no_other(heading, accepted):
    assert documented_keys(heading) == list(accepted)
