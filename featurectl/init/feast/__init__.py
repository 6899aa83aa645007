"""Reads a Feast repository, and writes what it defines as a dbt project."""

from __future__ import annotations

from featurectl.init.feast.carry import carry_repository
from featurectl.init.feast.dtypes import ENGINES

__all__ = ["ENGINES", "carry_repository"]
