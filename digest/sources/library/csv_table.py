"""Tables in CSV with a heading for the title, a DOI or an arXiv id: Zotero's export and its like."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from digest.model import Severity
from digest.sources.library.cited import Cited
from digest.sources.shape import Finding

_TITLES = ("title",)
_ABSTRACTS = ("abstract note", "abstract")
_AUTHORS = ("author", "authors")
_IDS = ("arxiv id", "arxiv", "arxiv_id", "doi", "url", "link")
_NOTES = ("extra", "archive location", "number", "publication title", "notes")


def begins(text: str) -> bool:
    """Whether the first line is one of headings, a title's or an id's among them."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    known = {*_TITLES, *_IDS}
    return "," in first and bool(known.intersection(_headings(next(_rows(first), (1, []))[1])))


def read(text: str) -> Iterator[Cited | Finding]:
    """The papers of `text` in order, and what was wrong."""
    rows = _rows(text.lstrip("\ufeff"))
    headings: list[str] = []
    try:
        for line, cells in rows:
            if not headings:
                headings = _headings(cells)
            elif any(cells):
                yield _cited(_named(headings, cells), line)
    except csv.Error as error:
        yield Finding(what=f"cannot be read from here on: {error}", severity=Severity.LOST)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _headings(cells: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _named(headings: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for heading, cell in zip(headings, cells, strict=False):
        named.setdefault(heading, cell)
    return named


def _cited(row: Mapping[str, str], line: int) -> Cited:
    return Cited(
        title=_first(row, _TITLES),
        abstract=_first(row, _ABSTRACTS),
        authors=[name.strip() for name in _first(row, _AUTHORS).split(";") if name.strip()],
        ids=[row[name] for name in _IDS if row.get(name)],
        notes=[row[name] for name in _NOTES if row.get(name)],
        line=line,
        label=row.get("key", ""),
    )


def _first(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")
