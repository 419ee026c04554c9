"""Papers: what is known of one, its place in the archive, and where it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

PaperKey: TypeAlias = str
"""A paper's canonical name: `arxiv:2501.01234`, `doi:10.1000/x`, `title:2:evtexture++`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is known of one paper. Unknown is `None` (or empty), never a guess."""

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    #: some listings give only the number of authors
    author_count: int | None = None
    organization: str | None = None
    #: without version: `2501.01234` or `cs/0501001`
    arxiv_id: str | None = None
    doi: str | None = None
    url: str | None = None
    code_url: str | None = None
    #: the authors' own page about it
    project_url: str | None = None
    stars: int | None = None
    upvotes: int | None = None
    comments: int | None = None
    keywords: tuple[str, ...] = ()
    #: one sentence by somebody else, where the source has one; never taken for the abstract
    summary: str | None = None
    #: the paper's own date
    published: date | None = None
    #: the day it appeared in a listing
    listed: date | None = None

    @property
    def body(self) -> str:
        """What there is to read beside the title: the abstract, or the summary where there is none."""
        return self.abstract or self.summary or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where one fact of a paper comes from."""

    #: the operator's name for the source
    source: str
    #: the day of the listing
    day: date
    #: whether the source gave it in place of what it had said before (arXiv's `replace`)
    is_replacement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPaper:
    """A paper with its place in the archive. `id` is never rewritten and never reused."""

    id: int
    paper: Paper
    keys: tuple[PaperKey, ...]
    #: when our clock first saw it in any listing
    first_seen: datetime
    #: how many different listings hold it
    listings: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One appearance of a paper in one listing."""

    source: str
    day: date
    #: place in the listing, from 1
    position: int
    seen_at: datetime
