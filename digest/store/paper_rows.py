"""Between `Paper` and the columns that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, func

from digest.model import Paper
from digest.store.tables import PAPER

#: the fields of `Paper`, each a column of the same name
FACTS = tuple(Paper.__dataclass_fields__)
PAPER_COLUMNS: list[Column[Any]] = [PAPER.c[name] for name in FACTS]
#: the paper that stands for a stored paper's whole group
ROOT: ColumnElement[int] = func.coalesce(PAPER.c.merged_into, PAPER.c.id)


def paper_from(values: Sequence[Any]) -> Paper:
    """The paper whose `PAPER_COLUMNS` hold these values."""
    facts = dict(zip(FACTS, values, strict=True))
    facts["authors"], facts["keywords"] = tuple(facts["authors"]), tuple(facts["keywords"])
    return Paper(**facts)
