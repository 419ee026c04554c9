"""Between `Paper` and the columns that hold it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, String, func, type_coerce

from digest.identity import Attested, Origins
from digest.model import Paper, Provenance
from digest.store.tables import PAPER

#: the fields of `Paper`, each a column of the same name
FACTS = tuple(Paper.__dataclass_fields__)
PAPER_COLUMNS: list[Column[Any]] = [PAPER.c[name] for name in FACTS]
ATTESTED_COLUMNS: list[ColumnElement[Any]] = [
    PAPER.c.raw_title,
    PAPER.c.raw_abstract,
    # as text: few texts serve many papers
    type_coerce(PAPER.c.provenance, String),
    *PAPER_COLUMNS,
]
#: the paper that stands for a stored paper's whole group
ROOT: ColumnElement[int] = func.coalesce(PAPER.c.merged_into, PAPER.c.id)


def paper_from(values: Sequence[Any]) -> Paper:
    """The paper whose `PAPER_COLUMNS` hold these values."""
    facts = dict(zip(FACTS, values, strict=True))
    facts["authors"], facts["keywords"] = tuple(facts["authors"]), tuple(facts["keywords"])
    return Paper(**facts)


def attested_from(values: Sequence[Any]) -> Attested:
    """The same with its sources, from the values of `ATTESTED_COLUMNS`."""
    raw_title, raw_abstract, provenance, *facts = values
    paper = paper_from(facts)
    return Attested(
        paper,
        origins_from(provenance),
        paper.title if raw_title is None else raw_title,
        paper.abstract if raw_abstract is None else raw_abstract,
    )


def values_of(told: Attested) -> dict[str, Any]:
    """Column → value, for all columns that depend on what sources say."""
    paper = told.paper
    values: dict[str, Any] = {name: getattr(paper, name) for name in FACTS}
    values["authors"], values["keywords"] = list(paper.authors), list(paper.keywords)
    values["raw_title"] = None if told.raw_title == paper.title else told.raw_title
    values["raw_abstract"] = None if told.raw_abstract == paper.abstract else told.raw_abstract
    values["provenance"] = pack_origins(told.origins)
    return values


@lru_cache(maxsize=1024)
def origins_from(packed: str) -> Origins:
    """Where facts come from, as the column `provenance` holds it."""
    found = {field: _provenance(*values) for field, values in json.loads(packed).items()}
    return MappingProxyType(found)


def _provenance(source: str, day: str, is_replacement: bool = False) -> Provenance:
    return Provenance(source=source, day=date.fromisoformat(day), is_replacement=is_replacement)


def pack_origins(origins: Origins) -> dict[str, list[Any]]:
    """`origins` for the column `provenance`."""
    return {field: _packed(origin) for field, origin in origins.items()}


def _packed(origin: Provenance) -> list[Any]:
    values: list[Any] = [origin.source, origin.day.isoformat()]
    return [*values, True] if origin.is_replacement else values
