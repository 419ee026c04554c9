"""The five seed dumps as five days, and the background of a product that has read them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, reduce
from pathlib import Path

from digest import rank, sources
from digest.model import Interest, KnownPaper
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


def seeds() -> tuple[tuple[Day, ...], rank.Background]:
    """The days in the order of their names, and the background of all their papers, each counted once."""
    days, _, background = _read()
    return days, background


def taught(interests: Iterable[Interest]) -> rank.Background:
    """The background with what the papers teach about `interests`; so few have no latent subjects."""
    _, blocks, background = _read()
    return replace(background, expansions=rank.relate(rank.in_words(interests), blocks, background))


@cache
def _read() -> tuple[tuple[Day, ...], tuple[rank.TokenBlock, ...], rank.Background]:
    paths = sorted(DUMPS.glob("*.txt"))
    listings = [sources.read(p.read_bytes(), name=p.name, latest=NOW.date()) for p in paths]
    days = tuple(
        Day(name=path.name[:3], papers=tuple(distinct([listing], NOW)))
        for path, listing in zip(paths, listings, strict=True)
    )
    papers = [known.paper for known in distinct(listings, NOW)]
    fresh = rank.Background.empty().after(rank.beginning())
    blocks = tuple(rank.blocks_of(papers, fresh.analyser))
    return days, blocks, reduce(rank.Background.counting, blocks, fresh).defining(papers)
