"""The five seed dumps as five days, and the background of a product that has read them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from digest import rank, sources
from digest.model import KnownPaper
from digest.pipeline.rank_files import distinct

DUMPS = Path(__file__).parents[2] / "examples" / "dumps"
#: after the newest dump; ranking here depends on no date
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One dump; a paper of two dumps is a paper of both days."""

    #: the first three digits of the dump's file
    name: str
    papers: tuple[KnownPaper, ...]


@cache
def seeds() -> tuple[tuple[Day, ...], rank.Background]:
    """The days in the order of their names, and the background of all their papers, each counted once."""
    paths = sorted(DUMPS.glob("*.txt"))
    listings = [sources.read(p.read_bytes(), name=p.name, latest=NOW.date()) for p in paths]
    days = tuple(
        Day(name=path.name[:3], papers=tuple(distinct([listing], NOW)))
        for path, listing in zip(paths, listings, strict=True)
    )
    archive = distinct(listings, NOW)
    return days, rank.Background.empty().updated(known.paper for known in archive)
