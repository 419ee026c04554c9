"""What every form of library says of one paper, and the reference that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.model import Paper
from digest.repair import shown
from digest.sources import values

#: what parts a note such as `arXiv preprint arXiv:1706.03762 [cs]` into words
_BETWEEN = re.compile(r"[\s,;()\[\]{}<>\"]+")
_PREFIX = re.compile(r"\barxiv:\s{1,5}|(?<![\w/])abs/", re.IGNORECASE)
_NAMES_ITSELF = re.compile(r"(?:arxiv:|https?://|10\.\d{4})", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:i|b|em|strong|sub|sup|sc|span|p|jats:[a-z]{1,10})(?:\s[^<>]{0,200})?>", re.IGNORECASE
)
#: longer notes are prose; ids in it may be those of other papers
_LONGEST_NOTE = 300
#: longer ones are no abstracts, but whole papers
LONGEST_ABSTRACT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """One paper in a library's own words."""

    title: str = ""
    abstract: str = ""
    authors: Sequence[str] = ()
    #: texts that are ids or links, the most telling first
    ids: Sequence[str] = ()
    #: texts in which an id may stand among others, such as `arXiv:1706.03762 [cs]`
    notes: Sequence[str] = ()
    #: place in the file, from 1: the line, or the record where lines say nothing
    line: int | None = None
    number: int | None = None
    #: what the library calls it
    label: str = ""


def paper_of(cited: Cited) -> Paper | None:
    """The paper that is meant; `None` where there is neither a title nor an id."""
    given = [*_texts(cited.ids), *_in_notes(cited.notes)]
    arxiv = next((name for text in given if (name := values.paper_id(text))), None)
    # DOIs that arXiv gives to its papers are arXiv ids here
    doi = next((name for text in given if not values.paper_id(text) and (name := values.doi(text))), None)
    title = _readable(cited.title)
    if not (title or arxiv or doi):
        return None
    return Paper(
        title=title,
        abstract=_readable(cited.abstract, LONGEST_ABSTRACT),
        authors=tuple(filter(None, map(_name, cited.authors))),
        arxiv_id=arxiv,
        doi=doi,
        url=next((link for text in given if (link := values.link(text))), None),
    )


def _readable(text: str, longest: int = 2_000) -> str:
    whole = values.raw_text(text) if len(text) <= longest else None
    whole = whole or ""
    return shown(_TAG.sub("", whole) if "<" in whole else whole)


def _texts(given: Sequence[str]) -> Iterator[str]:
    for text in given:
        # some list several links in one field
        yield from text.split() if "://" in text else (text,)


def _in_notes(notes: Sequence[str]) -> Iterator[str]:
    for note in notes:
        if len(note) <= _LONGEST_NOTE:
            # `CoRR, abs/1706.03762` is how some name it
            joined = _PREFIX.sub("arXiv:", note)
            yield from (word for word in _BETWEEN.split(joined) if _NAMES_ITSELF.match(word))


def _name(text: str) -> str | None:
    """`Lovelace, Ada` as `Ada Lovelace`."""
    name = values.label(_readable(text)) or ""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first else name or None
