"""Which records are one paper: precision and recall by record sets whose pairs were checked by hand.

The sets lie beside the repository and are skipped where they are not. Rules were chosen by looking at
half A of each set only, halves being made by a digest of the pair's name; both are printed.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from pathlib import Path

import zstandard

from benchmarks.table import share
from digest.identity import blocks, same, title_key
from digest.model import Paper

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DEDUPE = DATA / "dedupe"
SETS = ("dblp-acm", "dblp-scholar", "dblp-acm-dirty", "dblp-scholar-dirty")
ARCHIVES = (DATA / "load" / "arxiv.dev.jsonl.zst", DATA / "hf-daily" / "papers.dev.jsonl.zst")
#: the sets were cut into words, entities too: `fran &#231; oise`
_ENTITY = re.compile(r"\s?(&#\d+;)\s?")


@dataclass(frozen=True)
class Pair:
    name: str
    left: Paper
    right: Paper
    match: bool

    @property
    def half(self):
        return "AB"[hashlib.blake2b(self.name.encode()).digest()[0] % 2]


@dataclass(frozen=True)
class Score:
    right: int
    wrong: int
    missed: int

    @property
    def precision(self):
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self):
        return self.right / ((self.right + self.missed) or 1)

    @property
    def f1(self):
        return 2 * self.right / ((2 * self.right + self.wrong + self.missed) or 1)


def rows(path: Path) -> Iterator[dict]:
    with path.open("rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            yield json.loads(line)


def paper_of(record: dict) -> Paper:
    """A bibliographic record: title, authors and the year as its first day; no venue, no abstract."""
    authors = (_ENTITY.sub(r"\1", name).strip() for name in record["authors"].split(" , "))
    year = record["year"][:4]
    return Paper(
        title=_ENTITY.sub(r"\1", record["title"]),
        authors=tuple(filter(None, authors)),
        published=date(int(year), 1, 1) if year.isdigit() else None,
    )


def pairs_of(path: Path) -> list[Pair]:
    return [
        Pair(r["id"], paper_of(r["left"]), paper_of(r["right"]), bool(r["match"]))
        for r in rows(path / "pairs.dev.jsonl.zst")
    ]


def score(pairs: list[Pair]) -> Score:
    found = [(bool(same(pair.left, pair.right)), pair.match) for pair in pairs]
    return Score(
        right=found.count((True, True)), wrong=found.count((True, False)), missed=found.count((False, True))
    )


def share_of_blocks(pairs: list[Pair]) -> float:
    matches = [p for p in pairs if p.match]
    return sum(not set(blocks(p.left)).isdisjoint(blocks(p.right)) for p in matches) / len(matches)


def titles_alone(path: Path) -> Score:
    """One arXiv id under two titles, and near-equal titles of two papers; the ids are hidden."""
    pairs = [
        Pair(
            f"{r['a_id']} {r['b_id']}", Paper(title=r["a_title"]), Paper(title=r["b_title"]), bool(r["same"])
        )
        for r in rows(path / "pairs.dev.jsonl.zst")
        if r["same"] is not None
    ]
    found = [
        (title_key(p.left.title) == title_key(p.right.title) or bool(same(p.left, p.right)), p.match)
        for p in pairs
    ]
    return Score(found.count((True, True)), found.count((True, False)), found.count((False, True)))


def archive(path: Path) -> dict[str, Paper]:
    """Every paper of an archive by its id, which the paper itself does not hold."""
    return {
        row["id"]: Paper(
            title=" ".join(row["title"].split()),
            abstract=" ".join((row["abstract"] or "").split()),
            authors=tuple(row.get("authors") or ()),
            published=date.fromisoformat(row["published"][:10]) if row.get("published") else None,
        )
        for row in rows(path)
    }


def sharing_a_block(papers: list[Paper]) -> set[tuple[int, int]]:
    places = defaultdict(list)
    for place, paper in enumerate(papers):
        for block in blocks(paper):
            places[block].append(place)
    return {pair for some in places.values() for pair in combinations(some, 2)}


def false_merges(papers: list[Paper], pairs: set[tuple[int, int]]) -> list[tuple[Paper, Paper]]:
    return [
        (papers[a], papers[b])
        for a, b in pairs
        if title_key(papers[a].title) == title_key(papers[b].title) or same(papers[a], papers[b])
    ]


def _records():
    for name in SETS:
        path = DEDUPE / name
        if not path.exists():
            print(f"{name}: skipped, {path} is not there")
            continue
        pairs = pairs_of(path)
        aims = {"dblp-acm": (None, 0.97), "dblp-scholar": (0.98, None)}.get(name, (None, None))
        for half in ("A", "B", "AB"):
            found = score([p for p in pairs if p.half in half])
            where = f"{name}, half {half}" if len(half) == 1 else f"{name}, all {len(pairs)} pairs"
            share(f"{where}: precision", found.precision, aim=aims[0])
            share(f"{where}: recall", found.recall)
            share(f"{where}: F1", found.f1, aim=aims[1])
        share(f"{name}: matches that share a block", share_of_blocks(pairs), aim=aims[1] and 0.98)


def _titles():
    path = DEDUPE / "title-variants"
    if not path.exists():
        print(f"title-variants: skipped, {path} is not there")
        return
    found = titles_alone(path)
    share("title-variants, titles alone: precision", found.precision, aim=1.0)
    share("title-variants, titles alone: recall", found.recall, aim=0.7)


def _archives():
    missing = [str(path) for path in ARCHIVES if not path.exists()]
    if missing:
        print(f"archives: skipped, {', '.join(missing)} is not there")
        return
    left, right = map(archive, ARCHIVES)
    known = left.keys() & right.keys()
    by_key = {i for i in known if title_key(left[i].title) == title_key(right[i].title)}
    share(f"{len(known)} papers of both archives: one title key", len(by_key) / len(known))
    alike = {i for i in known if i in by_key or same(left[i], right[i])}
    share(f"{len(known)} papers of both archives: known as one", len(alike) / len(known))
    papers = list((left | right).values())
    pairs = sharing_a_block(papers)
    print(f"archives: {len(papers)} papers, {len(pairs)} pairs of them share a block")
    views = {
        "everything but ids": papers,
        "titles and abstracts": [replace(p, authors=(), published=None) for p in papers],
        "titles and authors": [replace(p, abstract="", published=None) for p in papers],
        "titles, authors and days": [replace(p, abstract="") for p in papers],
        "titles alone": [Paper(title=p.title) for p in papers],
    }
    for name, view in views.items():
        merged = false_merges(view, pairs)
        print(f"archives by {name}: {len(merged)} pairs of papers with different ids taken for one")
        for left, right in merged:
            print(f"    {left.title} | {right.title}")


def main():
    _records()
    _titles()
    _archives()


if __name__ == "__main__":
    sys.exit(main())
