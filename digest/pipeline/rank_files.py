"""Rank the papers of any dumps without an archive: for `digest rank`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import BinaryIO

from digest import rank
from digest.identity import ELSE, Attested, Register, keys
from digest.model import Interest, KnownPaper, Listing, Match, Paper, Problem, Provenance, Reader, Source
from digest.pipeline import arrivals


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedFiles:
    """What reading and ranking some files brought."""

    #: different papers in the files
    papers: int
    matches: tuple[Match, ...]
    problems: tuple[Problem, ...]


def rank_files(
    paths: Sequence[Path],
    interests: Sequence[Interest],
    *,
    now: datetime,
    limit: int | None = None,
    standard_input: BinaryIO | None = None,
) -> RankedFiles:
    """The papers of all files by these interests, best first; the files themselves are the background.

    The path `-` means `standard_input`.
    """
    listings = [listing for path in paths for listing in _listings(path, now, standard_input)]
    papers = distinct(listings, now)
    background = _taught_by([known.paper for known in papers], interests)
    matches = rank.rank(papers, Reader(interests=tuple(interests)), background, now, limit)
    return RankedFiles(
        papers=len(papers),
        matches=tuple(matches),
        problems=tuple(p for listing in listings for p in listing.problems),
    )


def _taught_by(papers: Sequence[Paper], interests: Sequence[Interest]) -> rank.Background:
    """What the papers of the files say of themselves."""
    beginning = rank.Background.empty().after(rank.beginning())
    blocks = list(rank.blocks_of(papers, beginning.analyser))
    background = reduce(rank.Background.counting, blocks, beginning).defining(papers)
    learnt = rank.relate(rank.in_words(interests), blocks, background)
    return replace(background, expansions=learnt)


def distinct(listings: Iterable[Listing], now: datetime) -> list[KnownPaper]:
    """Each paper once, however many records are it; ids count from 1 in the order of reading."""
    register = Register()
    for listing in listings:
        day = listing.day or now.date()
        for record in listing.records:
            origin = Provenance(source=listing.name, day=day, is_replacement=record.is_replacement)
            told = Attested(record.paper, {ELSE: origin}, record.raw_title, record.raw_abstract)
            register.place(told, keys(record.paper))
    return [
        KnownPaper(id=i, paper=told.paper, keys=tuple(register.own_keys(i)), first_seen=now)
        for i, told in register.papers.items()
        if i not in register.absorbed
    ]


def _listings(path: Path, now: datetime, standard_input: BinaryIO | None) -> list[Listing]:
    if path == Path("-") and standard_input:
        found = arrivals.of_stream(standard_input, name="standard input", latest=now.date())
    else:
        found = arrivals.of_files(Source(name="files", location=str(path)), now=now, day=None)
    return [listing for arrival in found.each for listing in arrivals.listings_in(arrival)]
