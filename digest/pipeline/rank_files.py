"""Rank the papers of any dumps without an archive: for `digest rank`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from digest import rank
from digest.identity import keys, merge, resolve
from digest.model import Interest, KnownPaper, Listing, Match, Paper, PaperKey, Problem, Reader, Source
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
    papers = distinct((record.paper for listing in listings for record in listing.records), now)
    background = rank.Background.empty().updated(known.paper for known in papers)
    matches = rank.rank(papers, Reader(interests=tuple(interests)), background, now, limit)
    return RankedFiles(
        papers=len(papers),
        matches=tuple(matches),
        problems=tuple(p for listing in listings for p in listing.problems),
    )


def distinct(papers: Iterable[Paper], now: datetime) -> list[KnownPaper]:
    """Each paper once, however many records are it; ids count from 1 in the order of reading."""
    holders: dict[PaperKey, set[int]] = defaultdict(set)
    names: dict[int, set[PaperKey]] = {}
    found: dict[int, Paper] = {}
    for paper in papers:
        mine = keys(paper)
        resolution = resolve(mine, holders, names)
        number = resolution.target or len(names) + 1
        known = set(mine)
        for other in resolution.absorbed:
            paper = merge(paper, found.pop(other))  # noqa: PLW2901 - the same paper, better known
            known |= names[other]
            _let_go(holders, names[other], other)
        found[number] = merge(found[number], paper) if number in found else paper
        names.setdefault(number, set()).update(known)
        for key in known:
            holders[key].add(number)
    return [
        KnownPaper(id=number, paper=found[number], keys=tuple(sorted(names[number])), first_seen=now)
        for number in sorted(found)
    ]


def _let_go(holders: dict[PaperKey, set[int]], names: Collection[PaperKey], number: int) -> None:
    for key in names:
        holders[key].discard(number)


def _listings(path: Path, now: datetime, standard_input: BinaryIO | None) -> list[Listing]:
    if path == Path("-") and standard_input:
        found = arrivals.of_stream(standard_input, name="standard input", latest=now.date())
    else:
        found = arrivals.of_files(Source(name="files", location=str(path)), now=now, day=None)
    return [listing for arrival in found.each for listing in arrivals.listings_in(arrival)]
